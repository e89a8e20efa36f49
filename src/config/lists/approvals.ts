import { isBlank } from "../../core/validation.ts";
import { type ApprovalPolicy, approvalPolicy, policyComplaint } from "../approval-policy.ts";
import { oneOf } from "../forms.ts";
import type { KeyPath } from "../problem.ts";
import { type FieldReader, readElements } from "./fields.ts";
import type { ListForm } from "./lists.ts";
import { type Problems, required, unless } from "./problems.ts";

const ACTIONS = ["approve", "deny", "prompt"] as const;

/** What an agent may do without asking. `requestType` `*` is any. */
export interface ApprovalRule {
  readonly requestType: string;
  readonly action: (typeof ACTIONS)[number];
}

/** An element of `workspace_overrides`: the approval rules of the workspaces that it matches. */
export interface WorkspaceOverride {
  readonly workspaceId: string;
  readonly name: string;
  /** A path, or a glob where it holds `* ? [ ]`. */
  readonly repoPath: string;
  /** `custom` when only rules are given. */
  readonly approvalPolicy: ApprovalPolicy;
  readonly approvalRules: readonly ApprovalRule[];
}

export const approvalRules: ListForm<ApprovalRule> = {
  read: (raw, at, context) => readElements(raw, at, context, readRule),
  problems: ruleProblems,
  show: showRule,
};

export const workspaceOverrides: ListForm<WorkspaceOverride> = {
  read: (raw, at, context) => readElements(raw, at, context, readOverride),

  *problems(overrides, list) {
    for (const [index, override] of overrides.entries()) {
      const at = [...list, index];
      const { approvalPolicy: policy, approvalRules: rules } = override;
      const named = [override.workspaceId, override.name, override.repoPath].some((text) => !isBlank(text));
      yield* unless(named, at, "must include workspace_id, name, or repo_path");
      yield* unless(policy !== UNSET, at, "must set approval_policy or approval_rules");
      const complaint = policyComplaint(policy, rules);
      yield* unless(complaint === undefined, [...at, "approval_policy"], complaint ?? "");
      yield* ruleProblems(rules, [...at, "approval_rules"]);
    }
  },

  show: (override) => ({
    workspace_id: override.workspaceId,
    name: override.name,
    repo_path: override.repoPath,
    approval_policy: override.approvalPolicy,
    approval_rules: override.approvalRules.map(showRule),
  }),
};

// Neither a policy nor rules are given. No policy of the file looks like that, and the check refuses it.
const UNSET = "" as ApprovalPolicy;

function readOverride(fields: FieldReader): WorkspaceOverride {
  const rules = fields.elements("approval_rules", readRule);
  return {
    workspaceId: fields.text("workspace_id"),
    name: fields.text("name"),
    repoPath: fields.text("repo_path"),
    approvalPolicy: fields.value("approval_policy", approvalPolicy, rules.length > 0 ? "custom" : UNSET),
    approvalRules: rules,
  };
}

function readRule(fields: FieldReader): ApprovalRule {
  return {
    requestType: fields.text("request_type"),
    action: fields.value("action", oneOf(ACTIONS, { anyCase: true }), UNSET_ACTION),
  };
}

// The check refuses it, as it refuses any other word.
const UNSET_ACTION = "" as ApprovalRule["action"];

function* ruleProblems(rules: readonly ApprovalRule[], list: KeyPath): Problems {
  for (const [index, rule] of rules.entries()) {
    const at = [...list, index];
    yield* required(rule.requestType, [...at, "request_type"]);
    yield* unless(ACTIONS.includes(rule.action), [...at, "action"], "must be approve, deny, or prompt");
  }
}

function showRule(rule: ApprovalRule) {
  return { request_type: rule.requestType, action: rule.action };
}

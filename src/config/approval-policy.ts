import { oneOf } from "./forms.ts";
import type { ApprovalRule } from "./lists/approvals.ts";

export const APPROVAL_POLICIES = ["strict", "permissive", "custom"] as const;
export type ApprovalPolicy = (typeof APPROVAL_POLICIES)[number];

export const approvalPolicy = oneOf(APPROVAL_POLICIES, { anyCase: true });

/** What is wrong with a policy beside its rules, to be put behind the name of its key. */
export function policyComplaint(policy: ApprovalPolicy, rules: readonly ApprovalRule[]): string | undefined {
  if (!APPROVAL_POLICIES.includes(policy)) return "must be strict, permissive, or custom";
  return policy === "custom" && rules.length === 0 ? "is custom but approval_rules is empty" : undefined;
}

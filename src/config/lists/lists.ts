import { text } from "../forms.ts";
import type { OtherValues } from "../key.ts";
import type { KeyPath } from "../problem.ts";
import { accounts } from "./accounts.ts";
import { approvalRules, workspaceOverrides } from "./approvals.ts";
import { budgets } from "./budgets.ts";
import { type ReadContext, readForm, readList } from "./fields.ts";
import { pools } from "./pools.ts";
import type { Problems } from "./problems.ts";
import { profiles } from "./profiles.ts";

/** How the elements of one list are read, checked and shown. */
export interface ListForm<Element> {
  /** Throws `UnreadableValue`. */
  read(raw: unknown, at: KeyPath, context: ReadContext): readonly Element[];
  problems?(elements: readonly Element[], at: KeyPath, others: OtherValues): Problems;
  /** An element as it stands in the file, secrets as `***`. */
  show(element: Element): unknown;
}

const peers: ListForm<string> = {
  read: (raw, at, context) => readList(raw, at, (peer, here) => readForm(text, peer, here, context)),
  show: (peer) => peer,
};

const LISTS: Readonly<Record<string, ListForm<unknown>>> = {
  "agent_defaults.approval_rules": approvalRules,
  "mail.relay.peers": peers,
  workspace_overrides: workspaceOverrides,
  accounts,
  profiles,
  pools,
  budgets,
};

/** The form of a list key by its full name; every list key of the table has one. */
export function listForm(name: string): ListForm<unknown> {
  const form = LISTS[name];
  if (!form) throw new Error(`no form for the list ${name}`);
  return form;
}

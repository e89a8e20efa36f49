import type { StoredContext } from "../config/context-file.ts";

export const isSet = ({ workspaceId, agentId }: StoredContext): boolean =>
  workspaceId !== "" || agentId !== "";

/** `ws`, `ws:agent`, `:agent` or `(none)`; names where they are known. */
export function contextLabel(context: StoredContext): string {
  const workspace = context.workspaceName || context.workspaceId;
  const agent = context.agentName || context.agentId;
  if (agent) return `${workspace}:${agent}`;
  return workspace || "(none)";
}

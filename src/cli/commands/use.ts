import {
  contextJson,
  NO_CONTEXT,
  readStoredContext,
  removeStoredContext,
  type StoredContext,
  writeStoredContext,
} from "../../config/context-file.ts";
import { printable } from "../../console/printable.ts";
import { type Choice, Places, resolving } from "../context-choice.ts";
import { contextLabel, isSet } from "../context-label.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { useFlags } from "../registry/context.ts";

type UseInvocation = Invocation<typeof useFlags>;

export const run: Run<typeof useFlags> = (invocation) => {
  const {
    args: [target],
    flags,
  } = invocation;
  if (flags.clear) clear(invocation);
  else if (flags.show || !(target || flags.workspace || flags.agent)) show(invocation);
  else set(invocation, choose(invocation, target));
};

function clear({ config, out }: UseInvocation): void {
  removeStoredContext(config);
  out.done("Context cleared.", contextJson(NO_CONTEXT));
}

function set({ config, out }: UseInvocation, { context, text }: Choice): void {
  writeStoredContext(config, context);
  out.done(text, contextJson(context));
}

function choose(invocation: UseInvocation, target: string | undefined): Choice {
  const { flags } = invocation;
  const places = new Places(invocation);
  if (target) return places.target(target);
  if (flags.workspace && flags.agent) return places.both(flags.workspace, flags.agent);
  if (flags.workspace)
    return places.workspace(resolving("workspace", () => places.findWorkspace(flags.workspace ?? "")));
  return places.agent(resolving("agent", () => places.findAgent(flags.agent ?? "", places.stored)));
}

function show({ config, out }: UseInvocation): void {
  const context = readStoredContext(config);
  if (out.isJson) out.json(contextJson(context));
  else out.write(contextText(context));
}

function contextText(context: StoredContext): string {
  if (!isSet(context))
    return "No context set.\n\nSet context with:\n  forge use <workspace>\n  forge use <workspace>:<agent>\n";
  const { workspaceId, workspaceName, agentId, agentName } = context;
  const lines = [
    `Current context: ${contextLabel(context)}`,
    ...(workspaceId ? [`  Workspace: ${workspaceId} (${workspaceName})`] : []),
    ...(agentId ? [`  Agent: ${agentId} (${agentName})`] : []),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

import { atMost, type Entry, noArguments } from "../../console/command.ts";
import { bool, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const useFlags = {
  workspace: text("set the workspace", { short: "w", completes: "workspace" }),
  agent: text("set the agent, and its workspace", { short: "a", completes: "agent" }),
  clear: bool("forget both"),
  show: bool("show what is set"),
} as const;

/** Which workspace and agent the other commands mean. */
export const context: readonly Entry<AnyModule>[] = [
  command({
    name: "use",
    summary: "Set the workspace and agent that other commands mean",
    description:
      "Sets the workspace and agent that other commands mean: forge use <workspace>, forge use <workspace>:<agent>,\nor flags. Without any, shows what is set.",
    arity: atMost(1, "[target]", "workspace"),
    flags: useFlags,
    load: () => import("../commands/use.ts"),
  }),
  command({
    name: "context",
    summary: "Show the workspace and agent that other commands mean",
    arity: noArguments,
    flags: {},
    load: () => import("../commands/context.ts"),
  }),
];

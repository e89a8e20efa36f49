import { atLeast, type Entry } from "../../console/command.ts";
import { bool, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

const sourceFlags = {
  file: text("read the message from a file", { short: "f", completes: "file" }),
  stdin: bool("read the message from standard input"),
  editor: bool("write the message in $EDITOR"),
} as const;

export const sendFlags = {
  ...sourceFlags,
  priority: text("high (before all others), normal or low", {
    default: "normal",
    completes: ["high", "normal", "low"],
  }),
  after: text("behind the queue item with this id, or the start of one"),
  front: bool("before all other items"),
  "when-idle": bool("deliver it only when the agent is idle"),
  all: bool("to every agent of the workspace"),
  immediate: bool("deprecated: see forge inject", { hidden: true }),
  "skip-idle-check": bool("deprecated: see forge inject", { hidden: true }),
} as const;

export const injectFlags = {
  ...sourceFlags,
  force: bool("also while the agent works, without asking", { short: "F" }),
} as const;

/** Words for agents that live in terminal panes. Loops have `msg`. */
export const agents: readonly Entry<AnyModule>[] = [
  command({
    name: "send",
    summary: "Put a message into the queue of an agent",
    description:
      "Puts a message into the queue of an agent in a terminal pane. Without an agent it goes to the one of the context\n(forge use), else to the only one of the workspace. Loops have forge msg.",
    arity: atLeast(0, "[agent] <message...>", "agent"),
    flags: sendFlags,
    load: () => import("../commands/send.ts"),
  }),
  command({
    name: "inject",
    summary: "Type a message into the terminal pane of an agent at once",
    description:
      "Types a message into the tmux pane of an agent at once, past its queue. An agent that works may be disturbed by it:\nthat is asked about before, unless --force.",
    arity: atLeast(1, "<agent> [message...]", "agent"),
    flags: injectFlags,
    load: () => import("../commands/inject.ts"),
  }),
];

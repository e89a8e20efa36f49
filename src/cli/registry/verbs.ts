import { atLeast, atMost, type Entry, exactly, noArguments } from "../../console/command.ts";
import { bool, duration, integer, list, text } from "../../console/flags.ts";
import { AGENT_CONDITION_WORDS } from "../../core/agent-condition.ts";
import { LOOP_CONDITION_WORDS } from "../../core/loop-condition.ts";
import { type AnyModule, command } from "../invocation.ts";
import { upFlags } from "./loops.ts";
import { filterFlags, stateFlag } from "./ps.ts";
import { queue } from "./queue.ts";

/** Which loops are meant, where a verb can address any number of them (spec/20 section 5.2). */
const selectorFlags = { all: bool("all loops"), ...filterFlags, ...stateFlag } as const;

export const stopFlags = selectorFlags;

export const killFlags = selectorFlags;

export const msgFlags = {
  ...selectorFlags,
  now: bool("interrupt the run that is going on, or wake the loop, and deliver the message at once"),
  "next-prompt": text("prompt of the next iteration, name or path", { completes: "prompt" }),
  template: text("send the message of this template", { completes: "template" }),
  seq: text("queue the steps of this sequence, before the message", { completes: "sequence" }),
  var: list("key=value for the template or sequence; repeatable"),
} as const;

const { "spawn-owner": spawnOwner, name: _name, count: _count, ...creationFlags } = upFlags;

export const resumeFlags = { "spawn-owner": spawnOwner } as const;

export const rmFlags = {
  ...selectorFlags,
  force: bool("also remove loops that are not stopped; needed with any selector"),
} as const;

export const cleanFlags = filterFlags;

export const scaleFlags = {
  ...creationFlags,
  "spawn-owner": spawnOwner,
  count: integer("number of loops that shall be there", { short: "n", default: 1 }),
  kill: bool("kill surplus loops instead of stopping them after their run"),
  repo: text("another repository than this one", { completes: "directory" }),
} as const;

export const waitFlags = {
  all: bool("all loops"),
  ...filterFlags,
  loop: list("loop to wait for (name or id); repeatable", { completes: "loop" }),
  until: text("condition to wait for", {
    short: "u",
    required: true,
    default: "",
    completes: [...new Set([...LOOP_CONDITION_WORDS, ...AGENT_CONDITION_WORDS])],
  }),
  any: bool("one loop that meets the condition is enough"),
  "fail-on-error": bool("exit 1 when a loop ended in state error"),
  agent: text("agent to wait for", { short: "a", completes: "agent" }),
  workspace: text("workspace to wait for", { short: "w", completes: "workspace" }),
  timeout: duration("give up after this time", { short: "t", default: 1_800_000 }),
  "poll-interval": duration("look at least this often", { default: 2000 }),
  quiet: bool("print nothing", { short: "q" }),
} as const;

/** What is done to loops that exist. Each is also accepted as `forge loop <verb>`. */
export const loopVerbs: readonly Entry<AnyModule>[] = [
  command({
    name: "stop",
    summary: "Stop loops after the run that is going on",
    description:
      "Lets the run that is going on end, then stops the loop. A loop that sleeps or waits stops at once. See kill.",
    arity: atMost(1, "[loop]", "loop"),
    flags: stopFlags,
    load: () => import("../commands/stop.ts"),
  }),
  command({
    name: "kill",
    summary: "Stop loops at once and end what they run",
    description:
      "Ends the run that is going on, with everything that its agent has started, and stops the loop.",
    arity: atMost(1, "[loop]", "loop"),
    flags: killFlags,
    load: () => import("../commands/kill.ts"),
  }),
  command({
    name: "msg",
    summary: "Queue a message for loops",
    description:
      'Queues a message that the next run of a loop gets with its prompt; with --now it is delivered at once. With a\nselector all words are the message, else the first one names the loop. A single "-" reads the message from\nstandard input.',
    arity: atLeast(0, "[loop] [message...]", "loop", []),
    flags: msgFlags,
    load: () => import("../commands/msg.ts"),
  }),
  queue,
  command({
    name: "resume",
    summary: "Start a loop again that is stopped",
    description:
      "Starts a stopped loop again. Its limits count from here, and old orders to stop are dropped.",
    arity: exactly(1, "<loop>", "loop"),
    flags: resumeFlags,
    load: () => import("../commands/resume.ts"),
  }),
  command({
    name: "rm",
    aliases: ["remove", "delete"],
    summary: "Remove loops; logs and ledgers stay",
    arity: atMost(1, "[loop]", "loop"),
    flags: rmFlags,
    load: () => import("../commands/rm.ts"),
  }),
  command({
    name: "clean",
    summary: "Remove the loops that are stopped or failed",
    description: "Removes the loops of all repositories that are stopped or in error. Logs and ledgers stay.",
    arity: noArguments,
    flags: cleanFlags,
    load: () => import("../commands/clean.ts"),
  }),
  command({
    name: "scale",
    summary: "Have a number of loops in this repository",
    description:
      "Creates and starts loops until there are as many as asked for, or stops the newest ones. Loops in any state count.",
    arity: noArguments,
    flags: scaleFlags,
    load: () => import("../commands/scale.ts"),
  }),
];

/** Looking at loops. */
const views: readonly Entry<AnyModule>[] = [
  command({
    name: "status",
    summary: "Sum up all loops in a few lines",
    description: "Sums up all loops. With --watch --jsonl one line a second until interrupted.",
    arity: noArguments,
    flags: {},
    load: () => import("../commands/status.ts"),
  }),
  command({
    name: "wait",
    summary: "Wait until loops have come to a state",
    description:
      "Waits until all loops that are meant fulfil a condition: stopped, sleeping, waiting, running, error, idle (no run and\nnothing queued), queue-empty, run-done (one more run than at the start), runs=N. Exit code 0: met; 1: timeout;\n2: no such loop. Without a loop it waits for agents in terminal panes (--agent, --workspace): idle, queue-empty,\ncooldown-over, ready, all-idle, any-idle.",
    arity: noArguments,
    flags: waitFlags,
    load: () => import("../commands/wait.ts"),
  }),
  command({
    name: "explain",
    summary: "Tell why a loop or agent does what it does, and what can be done",
    arity: atMost(1, "[loop|agent|queue-item-id]", "loop"),
    flags: {},
    load: () => import("../commands/explain.ts"),
  }),
];

export const verbs: readonly Entry<AnyModule>[] = [...loopVerbs, ...views];

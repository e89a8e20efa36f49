import { exactly, type Group, noArguments } from "../../console/command.ts";
import { text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

/** Accepted before or after the subcommand. */
const loopFlag = {
  loop: text("the loop (default: FORGE_LOOP_ID, then FORGE_LOOP_NAME)", { completes: "loop" }),
} as const;

export const memFlags = loopFlag;

const workGroupFlags = {
  ...loopFlag,
  agent: text("who works (default: FMAIL_AGENT, SV_ACTOR, then FORGE_LOOP_NAME)"),
} as const;

export const workFlags = workGroupFlags;

export const workSetFlags = {
  ...workGroupFlags,
  status: text("status of the task", { default: "in_progress" }),
  detail: text("more about it, in a few words"),
} as const;

/** What a loop remembers between its iterations. */
export const memory: Group<AnyModule> = {
  kind: "group",
  name: "mem",
  summary: "Values that a loop remembers",
  description: "Values that a loop remembers; they are put into its prompt at every iteration.",
  flags: memFlags,
  commands: [
    command({
      name: "set",
      summary: "Remember a value",
      arity: exactly(2, "<key> <value>"),
      flags: memFlags,
      load: async () => ({ run: (await import("../commands/mem.ts")).set }),
    }),
    command({
      name: "get",
      summary: "Print a value",
      arity: exactly(1, "<key>"),
      flags: memFlags,
      load: async () => ({ run: (await import("../commands/mem.ts")).get }),
    }),
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List the values",
      arity: noArguments,
      flags: memFlags,
      load: async () => ({ run: (await import("../commands/mem.ts")).ls }),
    }),
    command({
      name: "rm",
      aliases: ["remove"],
      summary: "Forget a value",
      arity: exactly(1, "<key>"),
      flags: memFlags,
      load: async () => ({ run: (await import("../commands/mem.ts")).rm }),
    }),
  ],
};

/** What a loop works on. */
export const work: Group<AnyModule> = {
  kind: "group",
  name: "work",
  summary: "What a loop works on",
  description: "What a loop works on; its tasks are put into its prompt at every iteration.",
  flags: workFlags,
  commands: [
    command({
      name: "set",
      summary: "Make a task the current one",
      arity: exactly(1, "<task-id>"),
      flags: workSetFlags,
      load: async () => ({ run: (await import("../commands/work.ts")).set }),
    }),
    command({
      name: "clear",
      summary: "Have no current task; the tasks stay",
      arity: noArguments,
      flags: workFlags,
      load: async () => ({ run: (await import("../commands/work.ts")).clear }),
    }),
    command({
      name: "current",
      aliases: ["status", "show"],
      summary: "Show the current task",
      arity: noArguments,
      flags: workFlags,
      load: async () => ({ run: (await import("../commands/work.ts")).current }),
    }),
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List the newest tasks",
      arity: noArguments,
      flags: workFlags,
      load: async () => ({ run: (await import("../commands/work.ts")).ls }),
    }),
  ],
};

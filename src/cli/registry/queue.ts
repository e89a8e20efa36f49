import { type Entry, exactly } from "../../console/command.ts";
import { bool, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const queueLsFlags = { all: bool("also items that are done") } as const;

export const queueMoveFlags = {
  to: text("where to: front or back", { default: "front", completes: ["front", "back"] }),
} as const;

/** What waits for a loop. */
export const queue: Entry<AnyModule> = {
  kind: "group",
  name: "queue",
  summary: "Show and change what waits for a loop",
  description:
    "Shows and changes what waits for a loop: messages, prompts, pauses and orders to stop. forge msg, stop and kill put\nit there.",
  commands: [
    command({
      name: "ls",
      summary: "List the items of a queue in order",
      arity: exactly(1, "<loop>", "loop"),
      flags: queueLsFlags,
      load: async () => ({ run: (await import("../commands/queue.ts")).ls }),
    }),
    command({
      name: "clear",
      summary: "Delete all items that wait",
      arity: exactly(1, "<loop>", "loop"),
      flags: {},
      load: async () => ({ run: (await import("../commands/queue.ts")).clear }),
    }),
    command({
      name: "rm",
      summary: "Delete one item",
      arity: exactly(2, "<loop> <item-id>", "loop", []),
      flags: {},
      load: async () => ({ run: (await import("../commands/queue.ts")).rm }),
    }),
    command({
      name: "move",
      summary: "Put an item that waits before or behind all others",
      arity: exactly(2, "<loop> <item-id>", "loop", []),
      flags: queueMoveFlags,
      load: async () => ({ run: (await import("../commands/queue.ts")).move }),
    }),
  ],
};

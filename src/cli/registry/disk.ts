import { type Entry, noArguments } from "../../console/command.ts";
import { bool, list, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const duFlags = {
  by: text("kind or loop", { default: "kind", completes: ["kind", "loop"] }),
} as const;

export const gcFlags = {
  "dry-run": bool("only tell what would be removed"),
  loop: text("only of this loop", { completes: "loop" }),
  only: list("only these kinds: logs, runs, events, prompts, queue, orphans"),
  "older-than": text("what is older than this goes, in place of the configured ages, e.g. 30d"),
  vacuum: bool("then give the database's free space back"),
} as const;

/** What Forge keeps on disk. */
export const disk: readonly Entry<AnyModule>[] = [
  command({
    name: "du",
    summary: "Show what takes how much space",
    arity: noArguments,
    flags: duFlags,
    load: () => import("../commands/du.ts"),
  }),
  command({
    name: "gc",
    summary: "Remove what is beyond the configured limits",
    description:
      "Removes old logs, runs, events, prompts and finished queue items by the limits of the configuration (retention.*), and\nwhat loops that are gone have left. Nothing that runs or waits is touched.",
    arity: noArguments,
    flags: gcFlags,
    load: () => import("../commands/gc.ts"),
  }),
];

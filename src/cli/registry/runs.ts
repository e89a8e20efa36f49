import { type Entry, exactly, noArguments } from "../../console/command.ts";
import { bool, integer, list, text } from "../../console/flags.ts";
import { OUTCOMES } from "../../core/outcome.ts";
import { RUN_STATUSES } from "../../core/run.ts";
import { type AnyModule, command } from "../invocation.ts";

export const runsLsFlags = {
  loop: text("only runs of this loop (name or id)", { completes: "loop" }),
  profile: text("only runs with this profile (name or id)", { completes: "profile" }),
  pool: text("only runs of loops with this pool (name or id)", { completes: "pool" }),
  repo: text("only runs of loops of this repository", { completes: "directory" }),
  outcome: list("only runs with one of these outcomes, separated by commas", { completes: OUTCOMES }),
  status: text("only runs with this status", { completes: RUN_STATUSES }),
  since: text("only runs started since a duration or time, e.g. 1h"),
  until: text("only runs started until a time"),
  limit: integer("number of runs; 0 = all", { short: "n", default: 50 }),
} as const;

export const runsShowFlags = {
  full: bool("show the whole output, not only its end"),
  raw: bool("print nothing but the output, untouched"),
} as const;

/** What became of runs. */
export const runs: Entry<AnyModule> = {
  kind: "group",
  name: "runs",
  summary: "Show what became of runs",
  description:
    "Shows the runs of all loops, newest first: how each ended, with which profile, and what it has used. Without a\ncommand it lists them.",
  default: "ls",
  commands: [
    command({
      name: "ls",
      summary: "List runs, newest first",
      arity: noArguments,
      flags: runsLsFlags,
      load: async () => ({ run: (await import("../commands/runs.ts")).ls }),
    }),
    command({
      name: "show",
      summary: "Show one run with its outcome, usage, times, evidence and output",
      arity: exactly(1, "<run-id>", "run"),
      flags: runsShowFlags,
      load: async () => ({ run: (await import("../commands/runs.ts")).show }),
    }),
  ],
};

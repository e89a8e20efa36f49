import { type Entry, noArguments } from "../../console/command.ts";
import { bool, text } from "../../console/flags.ts";
import { COST_KEYS } from "../../core/spend.ts";
import { type AnyModule, command } from "../invocation.ts";

export const costFlags = {
  by: text("sum up by: loop, profile, pool, repo, model, day", { default: "loop", completes: COST_KEYS }),
  since: text("first day, as a duration or time (default: 7d)"),
  until: text("last day, as a duration or time (default: now)"),
  loop: text("only runs of this loop (name or id)", { completes: "loop" }),
  profile: text("only runs with this profile (name or id)", { completes: "profile" }),
  pool: text("only runs of loops with this pool (name or id)", { completes: "pool" }),
  repo: text("only runs of loops of this repository", { completes: "directory" }),
  model: text("only runs with this model"),
  csv: bool("comma-separated values with a header"),
  prices: bool("show the prices that estimates are made with"),
} as const;

/** What runs have cost. */
export const cost: Entry<AnyModule> = command({
  name: "cost",
  summary: "Sum up what runs have used and cost",
  description:
    "Sums up runs, tokens and cost of whole days (UTC). The cost is what the agent CLIs report or, marked with ~, tokens\ntimes list prices.",
  arity: noArguments,
  flags: costFlags,
  load: () => import("../commands/cost.ts"),
});

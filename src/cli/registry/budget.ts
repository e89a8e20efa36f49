import { atLeast, type Entry, noArguments } from "../../console/command.ts";
import { bool, integer, text } from "../../console/flags.ts";
import { BUDGET_ACTIONS, BUDGET_PERIODS } from "../../core/budget.ts";
import { type AnyModule, command } from "../invocation.ts";

const scopeFlags = {
  loop: text("for the runs of this loop (name or id)", { completes: "loop" }),
  profile: text("for the runs with this profile (name or id)", { completes: "profile" }),
  pool: text("for the runs of loops with this pool (name or id)", { completes: "pool" }),
  repo: text("for the runs of loops of this repository", { completes: "directory" }),
} as const;

const PERIODS = BUDGET_PERIODS.filter((period) => period !== "run");

export const budgetSetFlags = {
  ...scopeFlags,
  all: bool("for all runs"),
  run: bool("for each run by itself; alone or with one of the others"),
  per: text(`over which time: ${PERIODS.join(", ")} (default: day)`, { completes: PERIODS }),
  action: text(
    "soft: tell; hard: start no more runs; kill: also end those that go on (default: hard; --run: kill)",
    {
      completes: BUDGET_ACTIONS,
    },
  ),
} as const;

export const budgetLsFlags = {
  ...scopeFlags,
  limit: integer("number of budgets; 0 = all", { short: "n", default: 50 }),
} as const;

/** What runs may use. */
export const budgets: Entry<AnyModule> = {
  kind: "group",
  name: "budget",
  summary: "Limit what runs may use",
  description:
    "Limits the cost, tokens, number or time of runs. When a budget is reached, loops wait until its period ends.",
  default: "ls",
  commands: [
    command({
      name: "set",
      summary: "Make or change a budget",
      description:
        "Makes a budget of an amount such as $10, 2M tokens, 20 runs or 6h. The same scope, period, unit and action replaces.",
      arity: atLeast(1, "<amount>"),
      flags: budgetSetFlags,
      load: async () => ({ run: (await import("../commands/budget-set.ts")).run }),
    }),
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List budgets with what is used of them",
      arity: noArguments,
      flags: budgetLsFlags,
      load: async () => ({ run: (await import("../commands/budget.ts")).ls }),
    }),
    command({
      name: "rm",
      aliases: ["remove", "delete"],
      summary: "Remove budgets",
      arity: atLeast(1, "<id...>"),
      flags: {},
      load: async () => ({ run: (await import("../commands/budget.ts")).rm }),
    }),
  ],
};

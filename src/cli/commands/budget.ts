import type { Config } from "../../config/config.ts";
import { type BudgetedRun, concernsRun } from "../../core/budget.ts";
import { budgetJson } from "../../core/budget-use.ts";
import { invalid, notFound } from "../../core/errors.ts";
import type { LoopId, PoolId, ProfileId } from "../../core/ids.ts";
import { budgetedRun } from "../../runner/budgeted-run.ts";
import { syncConfigBudgets } from "../../runner/config-budgets.ts";
import { type MeantScope, scopeName } from "../../store/budget-scopes.ts";
import { budgetUse } from "../../store/budget-sums.ts";
import { deleteBudget, findBudget, listBudgets } from "../../store/budgets.ts";
import type { Db } from "../../store/database.ts";
import { getLoop } from "../../store/loops.ts";
import { inTransaction } from "../../store/transaction.ts";
import { pokeBudgeted } from "../budget-poke.ts";
import { flaggedScope, fromConfiguration } from "../budget-scope.ts";
import { budgetTable } from "../budget-table.ts";
import type { Run } from "../invocation.ts";
import type { budgetLsFlags } from "../registry/budget.ts";
import { openStore } from "../store-access.ts";

export const ls: Run<typeof budgetLsFlags> = (invocation) => {
  const { flags, config, world, out } = invocation;
  if (flags.limit < 0) throw invalid("limit must be >= 0");
  const db = openStore(invocation, "read");
  syncConfigBudgets(db, config, world.now());
  const meant = flaggedScope(db, flags, world.cwd);
  const listed = listBudgets(db)
    .filter((budget) => meant === undefined || concernsRun(budget, runIn(db, config, meant)))
    .toReversed()
    .slice(0, flags.limit || undefined)
    .map((budget) => ({
      use: budgetUse(db, budget, world.now(), config.budget.timezone),
      name: scopeName(db, budget),
    }));
  if (out.isJson) out.jsonList(listed.map(({ use, name }) => budgetJson(use, name)));
  else if (listed.length === 0) out.line("No budgets");
  else out.write(budgetTable(listed));
};

/** A run of what is meant: the budgets that concern it are listed. */
function runIn(db: Db, config: Config, { scope, ref }: MeantScope): BudgetedRun {
  const nothing: BudgetedRun = { loopId: "", profileId: undefined, poolId: undefined, repoPath: "" };
  // The reference is an id of the kind that the scope tells.
  switch (scope) {
    case "loop":
      return budgetedRun(db, config, getLoop(db, ref as LoopId));
    case "profile":
      return { ...nothing, profileId: ref as ProfileId };
    case "pool":
      return { ...nothing, poolId: ref as PoolId };
    default:
      return { ...nothing, repoPath: ref };
  }
}

export const rm: Run<Record<never, never>> = async (invocation) => {
  const { args, config, world, out } = invocation;
  const db = openStore(invocation, "read");
  const ids = [...new Set(args)];
  syncConfigBudgets(db, config, world.now());
  inTransaction(db, () => {
    for (const id of ids) {
      const budget = findBudget(db, id);
      if (!budget) throw notFound(`budget not found: ${id}`, { hint: "forge budget ls" });
      if (budget.createdBy === "config") throw fromConfiguration(id);
      deleteBudget(db, id);
    }
  });
  await pokeBudgeted(invocation, db);
  out.done(ids.map((id) => `Budget ${id} removed`).join("\n"), { removed: ids });
};

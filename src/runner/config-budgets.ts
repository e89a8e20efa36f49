import type { Config } from "../config/config.ts";
import type { ConfigBudget } from "../config/lists/budgets.ts";
import { type BudgetKey, readAction, readPeriod, readScope } from "../core/budget.ts";
import { parseBudgetAmount } from "../core/budget-amount.ts";
import { ForgeError } from "../core/errors.ts";
import type { Instant } from "../core/time.ts";
import { setBudget } from "../store/budget-gate.ts";
import { meantScope } from "../store/budget-scopes.ts";
import { type BudgetDraft, deleteBudget, findSameBudget, listBudgets } from "../store/budgets.ts";
import type { Db } from "../store/database.ts";
import { inTransaction } from "../store/transaction.ts";

/**
 * Makes the budgets of the configuration file what it says now: each command that starts loops or shows budgets does this,
 * so that a running supervisor, which has read the file long ago, goes by the new ones.
 */
export function syncConfigBudgets(db: Db, config: Config, now: Instant): void {
  const isKnown = listBudgets(db).some(({ createdBy }) => createdBy === "config");
  if (config.budgets.length === 0 && !isKnown) return;
  inTransaction(db, () => {
    const kept = new Set<string>();
    for (const budget of config.budgets) {
      const draft = draftOf(db, budget);
      if (draft === undefined) continue;
      const same = findSameBudget(db, draft);
      const isSame = same?.createdBy === "config" && same.amount === draft.amount;
      kept.add(isSame ? same.id : setBudget(db, draft, now, config.budget).id);
    }
    for (const { id, createdBy } of listBudgets(db))
      if (createdBy === "config" && !kept.has(id)) deleteBudget(db, id);
  });
}

/** Undefined where what it is about is not there, or not yet. */
function draftOf(db: Db, budget: ConfigBudget): BudgetDraft | undefined {
  const key = keyOf(db, budget);
  const { unit, amount } = parseBudgetAmount(budget.amount);
  return key && { ...key, unit, amount, createdBy: "config" };
}

function keyOf(db: Db, { scope, ref, per, action }: ConfigBudget): Omit<BudgetKey, "unit"> | undefined {
  const eachRun = scope === "run";
  const [, kind = "all", name = ""] = (eachRun && /^(\w+):(.*)$/s.exec(ref)) || [];
  try {
    const meant = eachRun
      ? meantScope(db, readScope(kind), name, "/")
      : meantScope(db, readScope(scope), ref, "/");
    const scopeRef = eachRun && meant.ref !== "" ? `${meant.scope}:${meant.ref}` : meant.ref;
    return { scope: readScope(scope), scopeRef, period: readPeriod(per), action: readAction(action) };
  } catch (thrown) {
    if (thrown instanceof ForgeError) return undefined;
    throw thrown;
  }
}

/** Budgets of the configuration that stand for nothing, because what they are about is not there. */
export const idleConfigBudgets = (db: Db, budgets: readonly ConfigBudget[]): ConfigBudget[] =>
  budgets.filter((budget) => keyOf(db, budget) === undefined);

import { printable } from "../../console/printable.ts";
import {
  BUDGET_ACTIONS,
  BUDGET_PERIODS,
  type BudgetAction,
  type BudgetKey,
  scopeOf,
} from "../../core/budget.ts";
import { limitText, parseBudgetAmount } from "../../core/budget-amount.ts";
import { type BudgetUse, budgetJson, useState } from "../../core/budget-use.ts";
import { isOneOf } from "../../core/enum.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import { syncConfigBudgets } from "../../runner/config-budgets.ts";
import { setBudget } from "../../store/budget-gate.ts";
import { tellOnce } from "../../store/budget-notices.ts";
import { scopeName } from "../../store/budget-scopes.ts";
import { budgetUse } from "../../store/budget-sums.ts";
import { findSameBudget } from "../../store/budgets.ts";
import type { Db } from "../../store/database.ts";
import { inTransaction } from "../../store/transaction.ts";
import { pokeBudgeted } from "../budget-poke.ts";
import { chooseOne, flaggedScope, fromConfiguration } from "../budget-scope.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { budgetSetFlags } from "../registry/budget.ts";
import { lookUp, openStore } from "../store-access.ts";

type SetInvocation = Invocation<typeof budgetSetFlags>;

export const run: Run<typeof budgetSetFlags> = async (invocation) => {
  const { args, config, world, out } = invocation;
  const limit = parseBudgetAmount(args.join(" "));
  const key = { ...lookUp(invocation, (db) => keyFrom(invocation, db)), unit: limit.unit };
  if (key.scope === "run" && limit.unit === "runs")
    throw new ForgeError("unknown", "each run is one run: a budget of each run counts $, tokens or time");
  const db = openStore(invocation, "write");
  syncConfigBudgets(db, config, world.now());
  const use = inTransaction(db, () => save(invocation, db, { ...key, amount: limit.amount }));
  await pokeBudgeted(invocation, db);
  const name = scopeName(db, use.budget);
  const { id, unit, amount, period, action } = use.budget;
  const said = `${limitText(unit, amount, period)} ${forWhom(use, name)} (${action})`;
  out.done(`Budget ${id} set: ${said}`, budgetJson(use, name));
  if (config.budget.timezone !== "UTC" && period !== "total" && period !== "run" && !out.isJson && !out.quiet)
    out.note(`note: periods begin in ${config.budget.timezone} (budget.timezone)`);
};

function keyFrom({ flags, world }: SetInvocation, db: Db): Omit<BudgetKey, "unit"> {
  const { per, run: isEachRun } = flags;
  const meant = flaggedScope(db, flags, world.cwd);
  if (meant === undefined && !isEachRun) throw chooseOne();
  if (isEachRun && per) throw new ForgeError("unknown", "use either --run or --per, not both");
  const period = wordOf(BUDGET_PERIODS, per || "day", "per");
  if (period === "run") throw new ForgeError("unknown", "use --run for a budget of each run");
  const action = actionFrom(flags.action, isEachRun);
  if (!isEachRun) return { scope: meant?.scope ?? "all", scopeRef: meant?.ref ?? "", period, action };
  const scopeRef = meant === undefined || meant.scope === "all" ? "" : `${meant.scope}:${meant.ref}`;
  return { scope: "run", scopeRef, period: "run", action };
}

/** A budget of each run can only tell or end it: there is no further run that it could keep from starting. */
function actionFrom(word: string | undefined, isEachRun: boolean): BudgetAction {
  const action = wordOf(BUDGET_ACTIONS, word || (isEachRun ? "kill" : "hard"), "action");
  if (isEachRun && action === "hard")
    throw new ForgeError(
      "unknown",
      "a budget of each run is soft or kill: hard only keeps further runs from starting",
    );
  return action;
}

function wordOf<Word extends string>(words: readonly Word[], word: string, flag: string): Word {
  if (isOneOf(words, word)) return word;
  throw invalid(`invalid --${flag} ${JSON.stringify(word)} (valid: ${words.join(", ")})`);
}

function save(
  { world, config }: SetInvocation,
  db: Db,
  draft: BudgetKey & { readonly amount: number },
): BudgetUse {
  const same = findSameBudget(db, draft);
  if (same?.createdBy === "config") throw fromConfiguration(same.id);
  const now = world.now();
  const budget = setBudget(db, { ...draft, createdBy: "cli" }, now, config.budget);
  const use = budgetUse(db, budget, now, config.budget.timezone);
  if (useState(use) === "reached") tellOnce(db, "budget.reached", use, undefined, now);
  return use;
}

function forWhom({ budget }: BudgetUse, name: string): string {
  const { scope } = scopeOf(budget);
  if (scope === "all" || name === "") return "for all";
  return `for ${scope} ${printable(name)}`;
}

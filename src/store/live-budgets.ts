import { type Budget, type BudgetedRun, type BudgetUnit, concernsRun } from "../core/budget.ts";
import type { BudgetUse } from "../core/budget-use.ts";
import type { RunId } from "../core/ids.ts";
import { type Instant, parseTime } from "../core/time.ts";
import { budgetUse, openReservations } from "./budget-sums.ts";
import { listBudgets } from "./budgets.ts";
import type { Db } from "./database.ts";

/** A budget that ends runs, with what all runs in its scope have used, those that go on too. */
export interface LiveUse {
  /** Nothing of it is reserved: what runs have used is all that counts. */
  readonly use: BudgetUse;
  /** Runs that go on in its scope, this one among them. */
  readonly running: number;
}

/** Budgets that end the runs that they concern. */
export const killingBudgets = (db: Db, run: BudgetedRun): Budget[] =>
  listBudgets(db).filter((budget) => budget.action === "kill" && concernsRun(budget, run));

/** What is used of a budget while runs go on; `own` is what this run has used. */
export function liveUse(
  db: Db,
  budget: Budget,
  { runId, own }: { readonly runId: RunId; readonly own: Readonly<Record<BudgetUnit, number>> },
  now: Instant,
  zone: string,
): LiveUse {
  const settled = budgetUse(db, budget, now, zone);
  const others =
    budget.scope === "run" ? [] : openReservations(db, budget).filter((row) => row.run_id !== runId);
  const used = others.reduce(
    (sum, row) => sum + soFar(budget.unit, row, now),
    settled.used + own[budget.unit],
  );
  return { use: { ...settled, used, reserved: 0 }, running: others.length + 1 };
}

/** What a run that goes on is known to have used. */
function soFar(
  unit: BudgetUnit,
  { created_at, actual }: { readonly created_at: string; readonly actual: number | null },
  now: Instant,
): number {
  if (unit === "runs") return 1;
  return unit === "time" ? Math.max(0, now - (parseTime(created_at) ?? now)) : (actual ?? 0);
}

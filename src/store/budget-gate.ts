import { type Budget, type BudgetedRun, type BudgetUnit, concernsRun } from "../core/budget.ts";
import { type BudgetUse, hasRoom, reservationIn, strictest } from "../core/budget-use.ts";
import type { LoopId, PoolId, ProfileId, RunId } from "../core/ids.ts";
import type { Instant } from "../core/time.ts";
import { budgetUse } from "./budget-sums.ts";
import { type BudgetDraft, listBudgets, saveBudget } from "./budgets.ts";
import type { Db } from "./database.ts";
import { insertReservation } from "./reservations.ts";
import { inTransaction } from "./transaction.ts";
import { type BudgetRules, usualUse } from "./usual-use.ts";

/** Whether a budget can keep runs from starting. A limit that `up` has set ends its loop instead of having it wait. */
const isGate = ({ scope, action, createdBy }: Budget): boolean =>
  scope !== "run" && action !== "soft" && createdBy !== "up";

/** The budget that keeps a run from starting now, the strictest of them; undefined when none does (spec/15 section 5.2). */
export function closedBudget(
  db: Db,
  run: BudgetedRun,
  now: Instant,
  rules: BudgetRules,
): BudgetUse | undefined {
  return strictest(withoutRoom(db, run, now, rules, isGate));
}

/** The limit of `up` at which a loop stops, as no further run fits into it. */
export function reachedLimitOfUp(
  db: Db,
  run: BudgetedRun,
  now: Instant,
  rules: BudgetRules,
): BudgetUse | undefined {
  return strictest(withoutRoom(db, run, now, rules, ({ createdBy }) => createdBy === "up"));
}

function withoutRoom(
  db: Db,
  run: BudgetedRun,
  now: Instant,
  rules: BudgetRules,
  isMeant: (budget: Budget) => boolean,
): BudgetUse[] {
  const usual = usualUse(db, run, rules);
  return listBudgets(db)
    .filter((budget) => isMeant(budget) && concernsRun(budget, run))
    .map((budget) => budgetUse(db, budget, now, rules.timezone))
    .filter((use) => !hasRoom(use, usual(use.budget.unit)));
}

/**
 * Sets aside for a run what it will probably use, in every unit in which something is limited; part of its claim. What is
 * set aside fits into each budget that has let the run start.
 */
export function reserve(db: Db, runId: RunId, run: BudgetedRun, now: Instant, rules: BudgetRules): void {
  const budgets = listBudgets(db).filter(({ scope }) => scope !== "run");
  const usual = usualUse(db, run, rules);
  for (const unit of new Set(budgets.map((budget) => budget.unit))) {
    const uses = budgets
      .filter((budget) => budget.unit === unit && concernsRun(budget, run))
      .map((budget) => budgetUse(db, budget, now, rules.timezone));
    const amounts = uses.map((use) => reservationIn(use, usual(unit)));
    insertReservation(db, runId, run, { unit, amount: Math.min(usual(unit).amount, ...amounts) }, now);
  }
}

/** Makes or changes a budget. Runs that go on get a reservation where they have none, so that they count from now on. */
export function setBudget(db: Db, draft: BudgetDraft, now: Instant, rules: BudgetRules): Budget {
  return inTransaction(db, () => {
    const budget = saveBudget(db, draft, now);
    if (budget.scope !== "run") reserveForRunning(db, budget.unit, now, rules);
    return budget;
  });
}

interface RunningRow {
  id: RunId;
  loop_id: LoopId;
  profile_id: ProfileId | null;
  pool_id: PoolId | null;
  repo_path: string;
}

function reserveForRunning(db: Db, unit: BudgetUnit, now: Instant, rules: BudgetRules): void {
  const running = db
    .query<RunningRow, [string]>(
      `SELECT loop_runs.id, loop_id, loop_runs.profile_id, pool_id, repo_path
       FROM loop_runs JOIN loops ON loops.id = loop_id
       WHERE loop_runs.status = 'running'
         AND NOT EXISTS (SELECT 1 FROM fx_reservations WHERE run_id = loop_runs.id AND unit = ?)`,
    )
    .all(unit);
  for (const row of running) {
    const run = {
      loopId: row.loop_id,
      profileId: row.profile_id ?? undefined,
      poolId: row.pool_id ?? undefined,
      repoPath: row.repo_path,
    };
    insertReservation(db, row.id, run, { unit, amount: usualUse(db, run, rules)(unit).amount }, now);
  }
}

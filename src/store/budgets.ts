import {
  type Budget,
  type BudgetKey,
  type BudgetMaker,
  budgetNumber,
  readAction,
  readMaker,
  readPeriod,
  readScope,
  readUnit,
} from "../core/budget.ts";
import type { LoopId } from "../core/ids.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import { readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface BudgetRow {
  id: string;
  scope: string;
  scope_ref: string;
  period: string;
  unit: string;
  amount: number;
  action: string;
  created_by: string;
  created_at: string;
}

const toBudget = (row: BudgetRow): Budget => ({
  id: row.id,
  scope: readScope(row.scope),
  scopeRef: row.scope_ref,
  period: readPeriod(row.period),
  unit: readUnit(row.unit),
  amount: row.amount,
  action: readAction(row.action),
  createdBy: readMaker(row.created_by),
  createdAt: readRequiredTime(row.created_at),
});

/** Whether what a budget is about is there; a budget goes with it. */
const HAS_PARENT = (["loop", "profile", "pool"] as const)
  .map(
    (kind) => `NOT (scope = '${kind}' AND NOT EXISTS (SELECT 1 FROM ${kind}s WHERE id = scope_ref))
      AND NOT (scope = 'run' AND scope_ref LIKE '${kind}:%' AND NOT EXISTS (SELECT 1 FROM ${kind}s WHERE id = substr(scope_ref, ${kind.length + 2})))`,
  )
  .join(" AND ");

/** All budgets, the oldest id first. */
export const listBudgets = (db: Db): Budget[] =>
  db
    .query<BudgetRow, []>(
      `SELECT * FROM fx_budgets WHERE ${HAS_PARENT} ORDER BY CAST(substr(id, 2) AS INTEGER)`,
    )
    .all()
    .map(toBudget);

export const findBudget = (db: Db, id: string): Budget | undefined =>
  listBudgets(db).find((budget) => budget.id === id);

export interface BudgetDraft extends BudgetKey {
  readonly amount: number;
  readonly createdBy: BudgetMaker;
}

/** The budget of the same scope, period, unit and action. */
export function findSameBudget(
  db: Db,
  { scope, scopeRef, period, unit, action }: BudgetKey,
): Budget | undefined {
  const row = db
    .query<BudgetRow, Record<string, string>>(
      `SELECT * FROM fx_budgets WHERE scope = $scope AND scope_ref = $scopeRef AND period = $period
         AND unit = $unit AND action = $action`,
    )
    .get({ scope, scopeRef, period, unit, action });
  return row ? toBudget(row) : undefined;
}

/** Makes a budget, or gives the one of the same scope, period, unit and action another amount; part of `setBudget`. */
export function saveBudget(db: Db, draft: BudgetDraft, now: Instant): Budget {
  return inTransaction(db, () => {
    const id = findSameBudget(db, draft)?.id ?? nextId(db);
    const budget: Budget = { ...draft, id, createdAt: now };
    db.query("DELETE FROM fx_budgets WHERE id = ?").run(id);
    insertRow(db, "fx_budgets", {
      id,
      scope: draft.scope,
      scope_ref: draft.scopeRef,
      period: draft.period,
      unit: draft.unit,
      amount: draft.amount,
      action: draft.action,
      created_by: draft.createdBy,
      created_at: formatTimeMillis(now),
    });
    return budget;
  });
}

function nextId(db: Db): string {
  const ids = db.query<{ id: string }, []>("SELECT id FROM fx_budgets").all();
  return `b${Math.max(0, ...ids.map(({ id }) => budgetNumber(id))) + 1}`;
}

export const deleteBudget = (db: Db, id: string): void => {
  db.query("DELETE FROM fx_budgets WHERE id = ?").run(id);
};

/** Part of the removal of a loop. */
export const deleteBudgetsOfLoop = (db: Db, id: LoopId): void => {
  db.query(
    "DELETE FROM fx_budgets WHERE (scope = 'loop' AND scope_ref = $id) OR scope_ref = 'loop:' || $id",
  ).run({
    id,
  });
};

const ORPHANS = `FROM fx_budgets WHERE NOT (${HAS_PARENT})`;

export const countOrphanBudgets = (db: Db): number =>
  db.query<{ n: number }, []>(`SELECT count(*) AS n ${ORPHANS}`).get()?.n ?? 0;

export const deleteOrphanBudgets = (db: Db): number => db.query(`DELETE ${ORPHANS}`).run().changes;

/** The limits that `up` gave a loop count from now on: a runner that begins anew counts anew (spec/15 section 5.3). */
export function restartLimitsOfLoop(db: Db, id: LoopId, now: Instant): void {
  updateRow(
    db,
    "fx_budgets",
    { scope: "loop", scope_ref: id, created_by: "up" },
    { created_at: formatTimeMillis(now) },
  );
}

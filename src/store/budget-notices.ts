import { type BudgetedRun, type BudgetUnit, concernsRun } from "../core/budget.ts";
import { budgetEvent } from "../core/budget-events.ts";
import { type BudgetUse, stateOf } from "../core/budget-use.ts";
import type { BudgetEventType } from "../core/event-types.ts";
import type { RunId } from "../core/ids.ts";
import type { EventLoop } from "../core/loop-events.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { budgetUse } from "./budget-sums.ts";
import { listBudgets } from "./budgets.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import type { BudgetRules } from "./usual-use.ts";

/** A budget that a run has brought to its warning or its end, for the log of the loop. */
export interface BudgetNotice {
  readonly type: BudgetEventType;
  readonly use: BudgetUse;
}

/** What a run was charged with. */
export type RunUse = Readonly<Record<BudgetUnit, number>>;

export interface ChargedUse {
  readonly loop: EventLoop;
  readonly runId: RunId;
  readonly of: BudgetedRun;
  readonly use: RunUse;
}

/** What has changed for budgets by the end of a run; told by events, each once in a period. */
export function noticesAfter(
  db: Db,
  { loop, runId, of, use }: ChargedUse,
  { timezone }: BudgetRules,
  now: Instant,
): BudgetNotice[] {
  return listBudgets(db)
    .filter((budget) => budget.createdBy !== "up" && concernsRun(budget, of))
    .map((budget) => budgetUse(db, budget, now, timezone))
    .map((one) => ({ ...one, reserved: 0 }))
    .map((one) => (one.budget.scope === "run" ? { ...one, used: use[one.budget.unit] } : one))
    .flatMap((one) => {
      const types: BudgetEventType[] = [];
      const state = stateOf(one.budget.amount, one.used);
      if (state !== "ok") types.push("budget.warning");
      if (state === "reached") types.push("budget.reached");
      return types
        .filter((type) => tellOnce(db, type, one, loop, now, runId))
        .map((type) => ({ type, use: one }));
    });
}

/** Stores an event of a budget unless it was told in this period already; a budget of each run tells of each. */
export function tellOnce(
  db: Db,
  type: BudgetEventType,
  use: BudgetUse,
  loop: EventLoop | undefined,
  now: Instant,
  runId?: RunId,
): boolean {
  const { budget, period } = use;
  const since = Math.max(budget.createdAt, period.start ?? 0);
  const isTold =
    budget.scope !== "run" &&
    db
      .query(
        `SELECT 1 FROM events WHERE entity_type = 'system' AND entity_id = $id AND timestamp >= $since AND type = $type LIMIT 1`,
      )
      .get({ id: budget.id, since: formatTime(since), type }) !== null;
  if (!isTold) appendEvent(db, budgetEvent(type, use, loop, runId), now);
  return !isTold;
}

import { amountJson } from "./budget-amount.ts";
import type { BudgetUse } from "./budget-use.ts";
import type { EventDraft } from "./event.ts";
import type { BudgetEventType } from "./event-types.ts";
import type { RunId } from "./ids.ts";
import type { EventLoop } from "./loop-events.ts";

/** A budget has come to its warning, or to its end (spec/15 section 11); of a loop where one has brought it there. */
export const budgetEvent = (
  type: BudgetEventType,
  { budget, used, reserved }: BudgetUse,
  loop: EventLoop | undefined,
  runId?: RunId,
): EventDraft => ({
  type,
  entityType: "system",
  entityId: budget.id,
  payload: {
    budget: budget.id,
    scope: budget.scope,
    period: budget.period,
    unit: budget.unit,
    action: budget.action,
    amount: amountJson(budget.unit, budget.amount),
    used: amountJson(budget.unit, used),
    reserved: amountJson(budget.unit, reserved),
  },
  metadata: {
    kind: "budget",
    ...(loop && { loop_id: loop.id, loop_name: loop.name }),
    ...(runId && { run_id: runId }),
  },
});

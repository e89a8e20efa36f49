import { type Budget, type BudgetUnit, budgetNumber } from "./budget.ts";
import { amountFigure, amountJson, limitText } from "./budget-amount.ts";
import type { Period } from "./budget-period.ts";
import { formatTime, type Instant } from "./time.ts";

/** How much of a budget is used in its present period. */
export interface BudgetUse {
  readonly budget: Budget;
  readonly period: Period;
  /** By runs that have ended. */
  readonly used: number;
  /** Set aside for runs that go on. */
  readonly reserved: number;
}

/** From this share of its amount on a budget warns. */
const WARNS_FROM = 0.8;

export type BudgetState = "ok" | "warning" | "reached";

export function stateOf(amount: number, used: number): BudgetState {
  if (used >= amount) return "reached";
  return used >= amount * WARNS_FROM ? "warning" : "ok";
}

export const useState = ({ budget, used, reserved }: BudgetUse): BudgetState =>
  stateOf(budget.amount, used + reserved);

export const leftOf = ({ budget, used, reserved }: BudgetUse): number =>
  Math.max(0, budget.amount - used - reserved);

/** `budget b3 reached ($9.98 of $10.00 per day)` */
export const reachedText = (use: BudgetUse): string => `budget ${use.budget.id} reached (${shareText(use)})`;

/** `$9.98 of $10.00 per day` */
export const shareText = ({ budget: { unit, amount, period }, used, reserved }: BudgetUse): string =>
  `${amountFigure(unit, used + reserved)} of ${limitText(unit, amount, period)}`;

/**
 * What is set aside for a run: as much as runs take usually, but never more than the whole budget while nothing of it is
 * spent, so that a first run can start (spec/15 section 5.2). A guess is never more than what is left: it must not keep a
 * small budget shut because a first run has met a limit.
 */
export function reservationIn(use: BudgetUse, { amount, isGuess }: UsualAmount): number {
  if (use.used === 0) return Math.min(amount, use.budget.amount);
  return isGuess ? Math.min(amount, leftOf(use)) : amount;
}

/** Whether something is left, and a run that takes as much as usual still fits. */
export const hasRoom = (use: BudgetUse, usual: UsualAmount): boolean =>
  leftOf(use) > 0 && use.used + use.reserved + reservationIn(use, usual) <= use.budget.amount;

/** Of several budgets the one that keeps a run longest from starting, ties by id. */
export const strictest = (uses: readonly BudgetUse[]): BudgetUse | undefined =>
  uses.toSorted((one, other) => endOf(other.period) - endOf(one.period) || byId(one, other))[0];

/** The one whose end opens a way first, ties by id. */
export const loosest = (uses: readonly BudgetUse[]): BudgetUse | undefined =>
  uses.toSorted((one, other) => endOf(one.period) - endOf(other.period) || byId(one, other))[0];

const byId = (one: BudgetUse, other: BudgetUse): number =>
  budgetNumber(one.budget.id) - budgetNumber(other.budget.id);

const endOf = ({ end = Number.MAX_SAFE_INTEGER }: Period): Instant => end;

/** What runs take. */
export interface UsualAmount {
  readonly amount: number;
  /** Whether no run has told anything yet. */
  readonly isGuess: boolean;
}

export type UsualUse = (unit: BudgetUnit) => UsualAmount;

export const MEDIAN_OF = 20;

export function median(figures: readonly number[]): number | undefined {
  const sorted = figures.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return undefined;
  return sorted.length % 2 === 1 || low === undefined ? high : Math.round((low + high) / 2);
}

/** A budget as it is printed (spec/15 section 5.3). */
export const budgetJson = (use: BudgetUse, scopeName: string) => {
  const { budget, period, used, reserved } = use;
  const { unit } = budget;
  return {
    id: budget.id,
    scope: budget.scope,
    scope_ref: budget.scopeRef,
    scope_name: scopeName,
    period: budget.period,
    unit,
    amount: amountJson(unit, budget.amount),
    used: amountJson(unit, used),
    reserved: amountJson(unit, reserved),
    left: amountJson(unit, leftOf(use)),
    action: budget.action,
    state: useState(use),
    // Of what counts from the very first run on, the beginning of time.
    period_start: formatTime(period.start ?? 0),
    period_end: period.end === undefined ? undefined : formatTime(period.end),
    created_by: budget.createdBy,
    created_at: formatTime(budget.createdAt),
  };
};

import type { BudgetUnit } from "../core/budget.ts";
import type { PoolId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { type OutcomeRecord, stopsProfile } from "../core/outcome.ts";
import type { PriceTable } from "../core/prices.ts";
import type { LoopRun } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import { type BudgetNotice, noticesAfter, type RunUse } from "./budget-notices.ts";
import type { Db } from "./database.ts";
import { listReservations, type Reservation, settleReservation, takeBackAssumed } from "./reservations.ts";
import { addSpend, dayOf } from "./spend.ts";
import type { BudgetRules } from "./usual-use.ts";

/** Characters of the name of a model, which the output of a run tells, that are part of a key. */
const LONGEST_MODEL = 200;

/** What the use of a run is charged by. */
export interface RunCharge {
  readonly prices: PriceTable;
  /** The pool that the loop draws its profiles from. */
  readonly poolId?: PoolId | undefined;
  /** Whether the harness was to run: a run that was only claimed has used nothing. */
  readonly hasRun: boolean;
  readonly budgets: BudgetRules;
}

export interface ChargedRun {
  readonly loop: Loop;
  readonly run: LoopRun;
  readonly outcome: OutcomeRecord;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/**
 * Charges a run with what it has used: its reservations, the sums of its day, and the events of budgets that have come to
 * their warning or their end by it. Part of its settlement.
 */
export function chargeRun(db: Db, charged: ChargedRun, charge: RunCharge, now: Instant): BudgetNotice[] {
  const { loop, run, outcome, startedAt, endedAt } = charged;
  const reservations = listReservations(db, run.id);
  takeBackAssumed(db, reservations);
  const use = useOf(charged, charge, reservations);
  for (const { unit } of reservations) settleReservation(db, run.id, unit, use[unit], endedAt);
  if (!charge.hasRun) return [];
  const { tokens, costMicros, costSource, model } = outcome;
  addSpend(db, {
    day: dayOf(endedAt),
    loopId: loop.id,
    profileId: run.profileId ?? "",
    model: model?.slice(0, LONGEST_MODEL) ?? "",
    repoPath: loop.repoPath,
    poolId: charge.poolId ?? "",
    runs: 1,
    inputTokens: tokens?.input ?? 0,
    outputTokens: tokens?.output ?? 0,
    cacheReadTokens: tokens?.cacheRead ?? 0,
    cacheWriteTokens: tokens?.cacheWrite ?? 0,
    costMicros: use.usd,
    estimatedMicros: costMicros === undefined || costSource === "priced" ? use.usd : 0,
    wallMs: Math.max(0, Math.round(endedAt - startedAt)),
    assumedTokens: tokens === undefined ? use.tokens : 0,
  });
  const { profileId } = run;
  const of = { loopId: loop.id, profileId, poolId: charge.poolId, repoPath: loop.repoPath };
  return noticesAfter(db, { loop, runId: run.id, of, use }, charge.budgets, now);
}

/** What a run is charged with; where it has told nothing, what was set aside for it (spec/15 section 5.2). */
function useOf(
  { outcome, startedAt, endedAt }: ChargedRun,
  { hasRun }: RunCharge,
  reservations: readonly Reservation[],
): RunUse {
  if (!hasRun) return { usd: 0, tokens: 0, runs: 0, time: 0 };
  const { tokens, costMicros } = outcome;
  // A run that the provider has refused, or that could not start, has used nothing that it would not tell.
  const didNothing = stopsProfile(outcome.outcome) || outcome.reason === "not started";
  const assumed = (unit: BudgetUnit) => (didNothing ? 0 : reservedOf(reservations, unit));
  return {
    usd: costMicros ?? assumed("usd"),
    tokens: tokens ? tokens.input + tokens.output + tokens.cacheWrite : assumed("tokens"),
    runs: 1,
    time: Math.max(0, Math.round(endedAt - startedAt)),
  };
}

/** A run may be known to have used more than was set aside for it. */
function reservedOf(reservations: readonly Reservation[], unit: BudgetUnit): number {
  const reservation = reservations.find((one) => one.unit === unit);
  return Math.max(reservation?.amount ?? 0, reservation?.actual ?? 0);
}

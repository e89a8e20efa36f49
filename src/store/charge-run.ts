import type { PoolId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { OutcomeRecord } from "../core/outcome.ts";
import type { PriceTable } from "../core/prices.ts";
import type { LoopRun } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { addSpend, dayOf } from "./spend.ts";

/** What the use of a run is charged by. */
export interface RunCharge {
  readonly prices: PriceTable;
  /** The pool that the loop draws its profiles from. */
  readonly poolId?: PoolId | undefined;
  /** Whether the harness was to run: a run that was only claimed has used nothing. */
  readonly hasRun: boolean;
}

export interface ChargedRun {
  readonly loop: Loop;
  readonly run: LoopRun;
  readonly outcome: OutcomeRecord;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/** Adds what a run has used to the sums of its day; part of its settlement. */
export function chargeRun(db: Db, { loop, run, outcome, startedAt, endedAt }: ChargedRun, charge: RunCharge) {
  if (!charge.hasRun) return;
  const { tokens, costMicros = 0, costSource, model } = outcome;
  addSpend(db, {
    day: dayOf(endedAt),
    loopId: loop.id,
    profileId: run.profileId ?? "",
    model: model ?? "",
    repoPath: loop.repoPath,
    poolId: charge.poolId ?? "",
    runs: 1,
    inputTokens: tokens?.input ?? 0,
    outputTokens: tokens?.output ?? 0,
    cacheReadTokens: tokens?.cacheRead ?? 0,
    cacheWriteTokens: tokens?.cacheWrite ?? 0,
    costMicros,
    estimatedMicros: costSource === "priced" ? costMicros : 0,
    wallMs: Math.max(0, Math.round(endedAt - startedAt)),
    assumedTokens: 0,
  });
}

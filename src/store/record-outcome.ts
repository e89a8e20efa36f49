import type { OutcomeRecord, ToldOutcome } from "../core/outcome.ts";
import { type PriceTable, priced } from "../core/prices.ts";
import type { LoopRun } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import { chargeSession } from "./agent-sessions.ts";
import type { Db } from "./database.ts";
import type { RunRuntime } from "./fx-runs.ts";
import { findProfile } from "./profiles.ts";
import { storeOutcome } from "./run-outcomes.ts";

/** When a run began, printed first, and ended. */
export interface RunTimes {
  readonly firstOutputAt: Instant | undefined;
  readonly exitedAt: Instant;
}

/** Stores what became of a run and charges it with what it has used; part of its settlement. */
export function recordOutcome(
  db: Db,
  told: ToldOutcome,
  run: LoopRun,
  { spawnedAt, harness = "" }: RunRuntime,
  { firstOutputAt, exitedAt }: RunTimes,
  prices: PriceTable,
): OutcomeRecord {
  const { isSessionTotal, quota: _, ...outcome } = told;
  const { id: runId, loopId, profileId } = run;
  const owner = { harness, loopId, profileId };
  // Output may be seen only when the run has ended.
  const sinceStart = (at: Instant | undefined) =>
    at === undefined || spawnedAt === undefined
      ? undefined
      : Math.max(0, Math.round(Math.min(at, exitedAt) - spawnedAt));
  const used = isSessionTotal ? chargeSession(db, outcome, owner, exitedAt) : outcome;
  const record = {
    ...priced(used, prices, profileId && findProfile(db, profileId)?.model),
    runId,
    loopId,
    profileId,
    durationMs: sinceStart(exitedAt),
    firstOutputMs: sinceStart(firstOutputAt),
    finishedAt: exitedAt,
  };
  storeOutcome(db, record);
  return record;
}

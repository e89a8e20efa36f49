import type { LoopId, QueueItemId, RunId } from "../core/ids.ts";
import type { Loop, LoopState } from "../core/loop.ts";
import { runFinished } from "../core/loop-events.ts";
import { type LoopMetadataChanges, readLoopMetadata } from "../core/loop-metadata.ts";
import type { ToldOutcome } from "../core/outcome.ts";
import type { LimitRules } from "../core/outcome-effect.ts";
import { type LoopRun, runKind } from "../core/run.ts";
import type { RunStreaks } from "../core/run-streaks.ts";
import type { Instant } from "../core/time.ts";
import type { BudgetNotice } from "./budget-notices.ts";
import { chargeRun, type RunCharge } from "./charge-run.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import { holdsEpoch } from "./fx-loops.ts";
import { findRunRuntime, patchRun, type RunEndReason } from "./fx-runs.ts";
import { finishQueueItems } from "./loop-queue.ts";
import { finishRun, getRun, type RunEnd } from "./loop-runs.ts";
import { patchLoop } from "./loop-updates.ts";
import { findLoop } from "./loops.ts";
import { applyOutcome, type LimitNotice } from "./profile-limits.ts";
import { recordOutcome } from "./record-outcome.ts";
import { storeFingerprint } from "./run-fingerprints.ts";
import { inTransaction } from "./transaction.ts";

/** What follows from the end of a run, all of it written at once (spec/10 section 3, k and the item part of l). */
export interface RunSettlement extends RunEnd {
  runId: RunId;
  loopId: LoopId;
  epoch: number;
  /** The error text of the run; null when it succeeded. */
  lastError: string | null;
  /** What the loop does next. */
  state: LoopState;
  /** Whether the run counts as an iteration, and for main or judge. */
  countsAsIteration: boolean;
  completedItems: readonly QueueItemId[];
  /** Whether the kept steer texts have reached the agent. */
  clearsCarry: boolean;
  exitStatus?: number | undefined;
  outputBytes?: number | undefined;
  endReason?: RunEndReason | undefined;
  /** When the harness ended, where that is known to be earlier than now: a run may be settled long after a crash. */
  exitedAt?: Instant | undefined;
  firstOutputAt?: Instant | undefined;
  streaks?: RunStreaks | undefined;
  /** What became of the run, from its output. */
  told?: ToldOutcome | undefined;
  /** What the work is like now, where somebody has looked. */
  fingerprint?: string | undefined;
  /** How long profiles rest after a limit. */
  limits: LimitRules;
  charge: RunCharge;
}

export type SettleResult =
  | {
      settled: true;
      run: LoopRun;
      loop: Loop;
      notice?: LimitNotice | undefined;
      budgets: readonly BudgetNotice[];
    }
  /** `gone`: loop or run were removed; `superseded`: another runner has the loop; `already`: it was settled before. */
  | { settled: false; reason: "gone" | "superseded" | "already" };

/**
 * Ends a run in one transaction: its row, the loop with its counters, the consumed queue items, phase `settled`, and the
 * event `run.finished` or `run.failed`. Doing it twice changes nothing.
 */
export function settleRun(db: Db, settlement: RunSettlement, now: Instant): SettleResult {
  const { runId, loopId, epoch } = settlement;
  return inTransaction(db, () => {
    const loop = findLoop(db, loopId);
    const runtime = findRunRuntime(db, runId);
    if (!loop || !runtime) return { settled: false, reason: "gone" };
    if (!holdsEpoch(db, loopId, epoch)) return { settled: false, reason: "superseded" };
    if (runtime.phase === "settled" || runtime.phase === "recorded") {
      return { settled: false, reason: "already" };
    }
    const exitedAt = runtime.exitedAt ?? settlement.exitedAt ?? now;
    finishRun(db, runId, settlement, exitedAt);
    finishQueueItems(db, settlement.completedItems, "completed", now);
    patchRun(
      db,
      runId,
      {
        phase: "settled",
        exitStatus: settlement.exitStatus,
        outputBytes: settlement.outputBytes,
        endReason: settlement.endReason,
        firstOutputAt: runtime.firstOutputAt ?? settlement.firstOutputAt,
        exitedAt,
        settledAt: now,
      },
      epoch,
    );
    const run = getRun(db, runId);
    const { told, firstOutputAt, charge } = settlement;
    const times = { firstOutputAt: runtime.firstOutputAt ?? firstOutputAt, exitedAt };
    const outcome = told && recordOutcome(db, told, run, runtime, times, charge.prices);
    if (settlement.fingerprint) storeFingerprint(db, run, "after", settlement.fingerprint);
    // The row has whole seconds only; the event tells how long the run really took.
    const timed = { ...run, startedAt: runtime.spawnedAt ?? run.startedAt, finishedAt: exitedAt };
    const { startedAt } = timed;
    const charged = outcome && { loop, run, outcome, startedAt, endedAt: exitedAt };
    const budgets = charged ? chargeRun(db, charged, charge, now) : [];
    appendEvent(db, runFinished(loop, timed, runtime.profileName ?? "", outcome), now);
    const span = { startedAt: timed.startedAt, endedAt: exitedAt };
    const notice = told && applyOutcome(db, told, { loop, run, span }, settlement.limits, now);
    return {
      settled: true,
      run,
      loop: settleLoop(db, loop, run, settlement, exitedAt, now),
      notice,
      budgets,
    };
  });
}

function settleLoop(
  db: Db,
  loop: Loop,
  run: LoopRun,
  settlement: RunSettlement,
  exitedAt: Instant,
  now: Instant,
): Loop {
  const patch = {
    state: settlement.state,
    lastRunAt: exitedAt,
    lastExitCode: settlement.exitCode ?? null,
    lastError: settlement.lastError,
    metadata: settlement.countsAsIteration ? counted(loop, run) : undefined,
    runtime: {
      streaks: settlement.streaks,
      carry: settlement.clearsCarry ? [] : undefined,
    },
  };
  return patchLoop(db, loop.id, patch, now) ?? loop;
}

/** The counters with one run more, from what is stored now and not from what a runner remembers. */
function counted(loop: Loop, run: LoopRun): LoopMetadataChanges {
  const { iterationCount = 0, stopState } = readLoopMetadata(loop.metadata);
  const { mainIterations = 0, judgeIterations = 0, lastJudgedMain = 0 } = stopState ?? {};
  const isJudge = runKind(run) === "qual_stop";
  return {
    iterationCount: iterationCount + 1,
    stopState: isJudge
      ? { mainIterations, judgeIterations: judgeIterations + 1, lastJudgedMain: mainIterations }
      : { mainIterations: mainIterations + 1, judgeIterations, lastJudgedMain },
  };
}

import { stopsProfile } from "../core/outcome.ts";
import { NO_STREAKS, streaksAfter } from "../core/run-streaks.ts";
import type { Instant } from "../core/time.ts";
import { adapterFor } from "../harness/adapters/adapters.ts";
import type { OwnAction } from "../harness/outcome/decide-outcome.ts";
import { readOutput } from "../harness/read-output.ts";
import type { RunSigns } from "../harness/run-signs.ts";
import { outputBytes } from "../process/run-folder.ts";
import { readTail } from "../process/tail.ts";
import { findLoopRuntime, patchLoopRuntime } from "../store/fx-loops.ts";
import { getRun } from "../store/loop-runs.ts";
import { settleRun as storeSettlement } from "../store/run-settlement.ts";
import { findVerdict } from "../store/run-verdicts.ts";
import type { ActiveRun, SettledRun } from "./active-run.ts";
import { budgetLines } from "./budget-lines.ts";
import { HandedOver, LoopGone } from "./ending.ts";
import { outcomeOfRun } from "./outcome-of-run.ts";
import { chargeFor } from "./run-charge.ts";
import type { OwnEnd, RunOutcome } from "./run-outcome.ts";
import type { Session } from "./session.ts";
import { settleRetry } from "./stall-retry.ts";
import { workAfter } from "./work/run-work.ts";

export interface RunEndDetails {
  /** Set when we ended the run. */
  readonly ownEnd?: OwnEnd | undefined;
  /** Bytes that the harness had printed before we did. */
  readonly printedBefore?: number | undefined;
  readonly exitedAt?: Instant | undefined;
  readonly firstOutputAt?: Instant | undefined;
  /** What its output said, where it was read while it grew. */
  readonly signs?: RunSigns | undefined;
}

/**
 * Writes the end of a run in one transaction (spec/10 section 3, k and the item part of l): its row, the counters, the
 * consumed items, and the order that ended it, so that an interrupt survives a crash. Doing it twice changes nothing.
 */
export async function settleRun(
  session: Session,
  run: ActiveRun,
  outcome: RunOutcome,
  { ownEnd, printedBefore, exitedAt, firstOutputAt, signs: known }: RunEndDetails = {},
): Promise<SettledRun> {
  const { deps, loopId, epoch } = session;
  const outputTail = await readTail(run.folder.output);
  const signs = known ?? (await readOutput(run.folder.output, adapterFor(run.profile.harness)));
  const ownAction = ownActionOf(ownEnd, printedBefore);
  // Whoever ends a run does not wait for a look at its work.
  const work = ownAction ? {} : await workAfter(session, run, signs);
  const told = outcomeOfRun(session, run, outcome, {
    ownAction,
    signs,
    endedAt: exitedAt,
    isWorkUnchanged: work.isUnchanged,
  });
  // What the profile could not do is done again, with the same words.
  const isDone = !stopsProfile(told.outcome);
  const consumesItems = outcome.consumesItems && isDone;
  const charge = chargeFor(session, told, outcome);
  deps.faultPoint("before-settle");
  const { row, notice, budgets, before, after, verdict } = await session.transact(() => {
    const loop = session.loop();
    const now = session.now();
    const verdict = findVerdict(deps.db, run.runId);
    const counted = { kind: run.kind, outcome: told.outcome, isWorkUnchanged: work.isUnchanged, verdict };
    const result = storeSettlement(
      deps.db,
      {
        runId: run.runId,
        loopId,
        epoch,
        status: outcome.status,
        exitCode: outcome.exitCode,
        outputTail,
        lastError: outcome.lastError === undefined ? (loop.lastError ?? null) : outcome.lastError,
        state: "sleeping",
        countsAsIteration: outcome.ran && isDone,
        completedItems: [...(consumesItems ? run.itemIds : []), ...orderItems(ownEnd)],
        clearsCarry: consumesItems,
        exitStatus: outcome.exitStatus,
        outputBytes: outputBytes(run.folder),
        endReason: outcome.endReason,
        exitedAt,
        firstOutputAt,
        told,
        fingerprint: work.after,
        streaks: streaksAfter(findLoopRuntime(deps.db, loopId)?.streaks ?? NO_STREAKS, counted),
        limits: deps.config.limits,
        charge: charge(loop),
      },
      now,
    );
    if (!result.settled && result.reason === "gone") throw new LoopGone();
    if (!result.settled && result.reason === "superseded") throw new HandedOver();
    if (ownEnd?.kind === "steer") {
      const kept = consumesItems ? [] : (findLoopRuntime(deps.db, loopId)?.carry ?? []);
      patchLoopRuntime(deps.db, loopId, { carry: [...kept, ...ownEnd.texts] }, now);
    }
    // A crash before the loop is stopped must not bring it back.
    if (ownEnd?.kind === "kill") patchLoopRuntime(deps.db, loopId, { wanted: "stopped" }, now);
    if (!result.settled)
      return { row: getRun(deps.db, run.runId), budgets: [], before: loop.state, after: loop, verdict };
    const rest = settleRetry(session, run, told, { ...result, now });
    const { run: row, loop: after, budgets, notice = rest } = result;
    return { row, notice, budgets, before: loop.state, after, verdict };
  });
  for (const line of budgetLines(budgets)) session.log.line(line);
  session.noteState(before, after);
  deps.observer?.runFinished?.(row);
  deps.wakeUps.slotFreed();
  deps.faultPoint("after-settle");
  const { endReason } = outcome;
  return { ...run, row, loop: after, endReason, signs, outcome: told.outcome, verdict, notice };
}

/** A run that was ended because it was done counts as one that has left. */
const ownActionOf = (end: OwnEnd | undefined, outputBytes: number | undefined): OwnAction | undefined =>
  end === undefined || end.kind === "grace" ? undefined : { reason: end.kind, outputBytes };

const orderItems = (end: OwnEnd | undefined) => (end !== undefined && "itemIds" in end ? end.itemIds : []);

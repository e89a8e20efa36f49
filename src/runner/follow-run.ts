import type { Instant } from "../core/time.ts";
import { adapterFor } from "../harness/adapters/adapters.ts";
import { outputBytes } from "../process/run-folder.ts";
import { terminateRun } from "../process/terminate.ts";
import { type RunEnd, RunWatch } from "../process/watch-run.ts";
import { patchRun, type RunEndReason } from "../store/fx-runs.ts";
import type { ActiveRun, HarnessProcess, SettledRun } from "./active-run.ts";
import { HandedOver, LoopGone } from "./ending.ts";
import { guardsOf } from "./live/guards-of.ts";
import { LiveReading } from "./live/live-run.ts";
import { RunGuards } from "./live/run-guards.ts";
import { DEFAULT_KILL_REASON, findInterruption } from "./orders.ts";
import { interruptedOutcome, naturalOutcome, type OwnEnd } from "./run-outcome.ts";
import { RunOutput } from "./run-output.ts";
import type { Session } from "./session.ts";
import { settleRun } from "./settle-run.ts";

/** The longest that one look waits; calls come at once. */
const LOOK_AT_LEAST_EVERY_MS = 60_000;
/** A run that we have ended is gone by now; its watch may need a moment to see it. */
const END_SEEN_WITHIN_MS = 1_000;

/**
 * Follows a run to its end: reads its output and copies it into the log, ends it when an operator, the runner's owner or one
 * of its guards wants so, and settles it. Throws `LoopGone` when the loop was removed (the harness is ended), `HandedOver` when it is to be left alone.
 */
export async function followRun(
  session: Session,
  run: ActiveRun,
  harness: HarnessProcess,
): Promise<SettledRun> {
  const { deps } = session;
  /** A moment of the clock in ticks. */
  const ticksAt = (at: Instant) => session.ticks() - Math.max(0, session.now() - at);
  const { startedAt, earlier } = harness;
  const live = new LiveReading(
    adapterFor(run.profile.harness),
    () => session.ticks(),
    earlier && { bytes: earlier.bytes, at: ticksAt(earlier.lastAt) },
  );
  const refresh = async () => {
    await output.copy();
    return outputBytes(run.folder);
  };
  const guards = new RunGuards(
    guardsOf(session, { run, harness, startedAt: ticksAt(startedAt), refresh }),
    live,
    () => session.attention.call(),
  );
  const output = new RunOutput(session, run, {
    live,
    copied: harness.copied,
    onGrown: () => guards.noteOutput(),
  });
  const watch = new RunWatch({
    folder: run.folder,
    process: harness.identity,
    gone: harness.gone,
    onOutput: () => output.copySoon(),
  });
  try {
    const { end, ownEnd, printedBefore } = await untilEnd(session, run, harness, watch, guards);
    deps.faultPoint("after-exit");
    // The wrapper was killed alone: what it has started must not go on unseen.
    if (end.kind === "vanished") await terminate(session, run, harness);
    await output.copy();
    const outcome = ownEnd ? interruptedOutcome(ownEnd) : naturalOutcome(end);
    const exitedAt = endedAt(end, startedAt, session.now());
    return await settleRun(session, run, outcome, {
      ownEnd,
      printedBefore,
      exitedAt,
      firstOutputAt: output.firstAt,
      signs: await live.finish(run.folder),
    });
  } catch (thrown) {
    if (thrown instanceof LoopGone) await terminate(session, run, harness);
    throw thrown;
  } finally {
    watch.stop();
    guards.stop();
    await output.close();
  }
}

interface EndOfRun {
  readonly end: RunEnd;
  /** Set when we ended it. */
  readonly ownEnd?: OwnEnd | undefined;
  /** Bytes that the harness had printed before we did. */
  readonly printedBefore?: number | undefined;
}

async function untilEnd(
  session: Session,
  run: ActiveRun,
  harness: HarnessProcess,
  watch: RunWatch,
  guards: RunGuards,
): Promise<EndOfRun> {
  let end: RunEnd | undefined;
  watch.ended.then((ended) => {
    end = ended;
    session.attention.call();
  });
  for (;;) {
    // An order that an earlier runner was about to carry out counts, also when the harness has ended by it.
    const ownEnd = harness.endReason ? resumedEnd(session, run, harness.endReason) : undefined;
    if (end !== undefined) return { end, ownEnd };
    const wanted = ownEnd ?? wantedEnd(session, run) ?? guards.end;
    if (wanted !== undefined) {
      const printedBefore = ownEnd === undefined ? outputBytes(run.folder) : undefined;
      await endRun(session, run, harness, wanted);
      return {
        end: (await settledWithin(watch.ended, END_SEEN_WITHIN_MS)) ?? { kind: "vanished" },
        ownEnd: wanted,
        printedBefore,
      };
    }
    // What has woken this loop may concern them, too.
    guards.look();
    await session.attention.next(LOOK_AT_LEAST_EVERY_MS);
  }
}

/** Why the run must not go on, if so. */
function wantedEnd(session: Session, run: ActiveRun): OwnEnd | undefined {
  if (session.control.request === "hand over") throw new HandedOver();
  const order = findInterruption(session, run.itemIds);
  // `forge kill` gives its order and then ends the process of the runner: it is an operator who has ended the loop.
  if (session.control.endsRun && order?.kind !== "kill") return { kind: "shutdown" };
  return order;
}

/** The order behind a reason that an earlier runner has stored; the items are in the queue until the run is settled. */
function resumedEnd(session: Session, run: ActiveRun, reason: RunEndReason): OwnEnd | undefined {
  switch (reason) {
    case "shutdown":
      return { kind: "shutdown" };
    case "kill":
      return (
        findInterruption(session, run.itemIds) ?? { kind: "kill", reason: DEFAULT_KILL_REASON, itemIds: [] }
      );
    case "steer":
      return findInterruption(session, run.itemIds) ?? { kind: "steer", texts: [], itemIds: [] };
    case "lost":
      return undefined;
    default:
      return { kind: reason };
  }
}

async function endRun(session: Session, run: ActiveRun, harness: HarnessProcess, end: OwnEnd): Promise<void> {
  const { deps, epoch } = session;
  await session.transact(() => patchRun(deps.db, run.runId, { endReason: end.kind }, epoch));
  deps.faultPoint("interrupting");
  await terminate(session, run, harness);
}

const terminate = (
  { control }: Session,
  { runId }: ActiveRun,
  { identity }: HarnessProcess,
): Promise<boolean> =>
  terminateRun({ runId, leader: identity }, { atOnce: () => control.request === "shutdown at once" });

/** Undefined when the promise takes longer. */
async function settledWithin<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: timeout, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    // A timer that nobody needs would keep the process from ending.
    clearTimeout(timer);
  }
}

/** When the harness ended, as far as it is known. The file system may have a clock of its own, or ours was set meanwhile. */
const endedAt = (end: RunEnd, startedAt: Instant, now: Instant): Instant =>
  end.kind === "recorded" && end.exit.at >= wholeSecond(startedAt) ? Math.min(end.exit.at, now) : now;

/** Times of files may have whole seconds only. */
const wholeSecond = (at: Instant): Instant => Math.floor(at / 1000) * 1000;

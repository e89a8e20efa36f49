/**
 * The runner lives one loop's life: it takes the loop, makes pass after pass (`pass.ts`), and writes how it ended. What
 * enters this room: everything between the queue and the harness. What must not: output, flags, SQL.
 */
import { toForgeError } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { runnerEvent } from "../core/loop-events.ts";
import type { LoopMetadataChanges } from "../core/loop-metadata.ts";
import { NO_STREAKS } from "../core/run-streaks.ts";
import { currentBootId } from "../process/identity.ts";
import { restartLimitsOfLoop } from "../store/budgets.ts";
import { findLoopRuntime, takeOwnership, type Wanted } from "../store/fx-loops.ts";
import { loopFiles } from "../store/loop-files.ts";
import { type LoopPatch, patchLoop } from "../store/loop-updates.ts";
import { getLoop } from "../store/loops.ts";
import { settleLostReservations } from "../store/reservations.ts";
import { inTransactionAsync } from "../store/transaction.ts";
import { type Conclusion, concludeRun } from "./after-run.ts";
import { blockedWait } from "./blocked.ts";
import { RunnerControl } from "./control.ts";
import type { RunnerDeps } from "./deps.ts";
import { type Ending, errorEnding, HandedOver, LoopGone } from "./ending.ts";
import { ensureLedger } from "./ledger.ts";
import { takeUpLeftovers } from "./leftovers.ts";
import { LoopLog } from "./loop-log.ts";
import { runPass } from "./pass.ts";
import { restBetweenRuns } from "./rest.ts";
import { takeRunnerLock } from "./runner-lock.ts";
import { Session } from "./session.ts";
import { dueRetry } from "./stall-retry.ts";

export interface RunnerOptions {
  /** Exactly one run, as `forge run` asks for. */
  readonly isSingle?: boolean | undefined;
  /** Takes up a loop that an earlier runner has left, with its counters; else limits are counted anew. */
  readonly goesOn?: boolean | undefined;
  /** Only gives the runs of earlier runners what is due to them, follows one that lives to its end, and then ends so. */
  readonly settlesOnly?: Pick<Ending, "state" | "lastError" | "wanted"> | undefined;
  /** How the runner is asked to end. */
  readonly control?: RunnerControl | undefined;
  /** Called when the loop is this runner's by the database: from here on a crash does not lose it. */
  readonly onTaken?: (() => void) | undefined;
}

/**
 * How a runner came to its end: by the loop's own rules or an order; because its owner asked for it; without a word,
 * because the loop was removed or belongs to another runner.
 */
export type RunnerEnd = "ended" | "cancelled" | "removed" | "handed over";

/**
 * Makes one iteration of a loop in this process, for `forge run`: honours the queue, waits for a profile, records
 * everything. Throws what `runLoop` throws.
 */
export const runOnce = (
  deps: RunnerDeps,
  loopId: LoopId,
  control = new RunnerControl(),
): Promise<RunnerEnd> => runLoop(deps, loopId, { isSingle: true, control });

/**
 * Lives a loop's life until it ends. Throws `loop "<name>" already has a live runner (pid <pid>)`, and the error that put
 * the loop into state `error`, after it has been written.
 */
export async function runLoop(
  deps: RunnerDeps,
  loopId: LoopId,
  options: RunnerOptions = {},
): Promise<RunnerEnd> {
  const { control = new RunnerControl() } = options;
  using _lock = await takeRunnerLock(deps, loopId);
  const loop = await storePaths(deps, loopId);
  using log = new LoopLog(loop.logPath, deps.now);
  const epoch = await takeLoop(deps, loop, options);
  if (epoch === undefined) return "handed over";
  options.onTaken?.();
  deps.faultPoint("started");
  using session = new Session(deps, {
    loopId,
    epoch,
    log,
    ledgerPath: loop.ledgerPath,
    control,
    isSingle: options.isSingle ?? false,
  });
  try {
    const ending = await live(session, options).catch((thrown) => errorEnding("runner error", thrown));
    await session.end(ending);
    if (ending.failure) throw ending.failure;
    return control.request === undefined ? "ended" : "cancelled";
  } catch (thrown) {
    if (thrown instanceof LoopGone) return "removed";
    if (thrown instanceof HandedOver) return "handed over";
    throw thrown;
  }
}

async function live(session: Session, { goesOn, settlesOnly }: RunnerOptions): Promise<Ending> {
  prepareLedger(session);
  const leftovers = await finishLeftovers(session);
  if (leftovers.ending) return leftovers.ending;
  if (settlesOnly) return settlesOnly;
  const loop = await begin(session);
  const mayRest = loop.state !== "waiting" && dueRetry(session) === undefined;
  const rests = goesOn && leftovers.rests && mayRest;
  // The rest between two runs is not cut short by a change of the runner.
  const ending = rests && loop.lastRunAt ? await restBetweenRuns(session, loop, loop.lastRunAt) : undefined;
  return ending ?? (await passes(session));
}

/** Gives runs of earlier runners what is due to them. */
async function finishLeftovers(session: Session): Promise<Conclusion> {
  let rests = true;
  for (const run of await takeUpLeftovers(session)) {
    const conclusion = await concludeRun(session, { run });
    if (conclusion.ending) return conclusion;
    rests = conclusion.rests;
  }
  return { rests };
}

async function begin(session: Session): Promise<Loop> {
  const { db, owner } = session.deps;
  const tell = (loop: Loop) => runnerEvent("loop.started", loop, owner);
  const isBlocked = blockedWait(db, session.loopId) !== undefined;
  const loop = await session.patch(isBlocked ? {} : { state: "running" }, { tell });
  session.log.line("loop started");
  return loop;
}

async function passes(session: Session): Promise<Ending> {
  for (;;) {
    const ending = await runPass(session);
    if (ending) return ending;
  }
}

/** A repository that is gone makes runs fail, not the runner. */
function prepareLedger(session: Session): void {
  try {
    ensureLedger(session.ledgerPath, session.loop(), session.now());
  } catch (thrown) {
    session.log.line(`ledger append failed: ${toForgeError(thrown).message}`);
  }
}

/** The row with the paths of its files: as stored, else computed and stored. */
async function storePaths(
  deps: RunnerDeps,
  loopId: LoopId,
): Promise<Loop & { logPath: string; ledgerPath: string }> {
  return inTransactionAsync(deps.db, () => {
    const loop = getLoop(deps.db, loopId);
    const files = loopFiles(deps.db, deps.config, loop);
    if (!loop.logPath || !loop.ledgerPath) patchLoop(deps.db, loopId, files, deps.now());
    return { ...loop, ...files };
  });
}

/**
 * Makes this runner the loop's owner and starts its counters. The state is written with it, so that whoever finds the loop
 * after a crash sees that it was running. The answer is its epoch; undefined for a loop that was to go on, when somebody has
 * stopped it while the lock was waited for.
 */
async function takeLoop(
  deps: RunnerDeps,
  { id, state }: Loop,
  options: RunnerOptions,
): Promise<number | undefined> {
  const { db, owner, instanceId } = deps;
  const { settlesOnly } = options;
  const { epoch, taken } = await inTransactionAsync(db, () => {
    if (options.goesOn && findLoopRuntime(db, id)?.wanted === "stopped") return {};
    const now = deps.now();
    const epoch = takeOwnership(db, id, { owner, instanceId, bootId: currentBootId() }, now);
    const begins = !options.goesOn && !settlesOnly;
    settleLostReservations(db, now);
    if (begins) restartLimitsOfLoop(db, id, now);
    const runtime = {
      wanted: wantedBy(options),
      streaks: begins ? NO_STREAKS : undefined,
      retry: begins ? null : undefined,
    };
    const metadata = takenBy(deps, options);
    // Only a person ends the wait of a loop that is blocked, not a change of its runner.
    const wait = options.goesOn ? blockedWait(db, id) : undefined;
    const patch: LoopPatch = wait
      ? { state: "waiting", metadata, runtime: { ...runtime, wait } }
      : { state: settlesOnly ? undefined : "running", metadata, runtime };
    return { epoch, taken: patchLoop(db, id, patch, now) };
  });
  if (taken && taken.state !== state) deps.observer?.stateChanged?.(taken, state);
  return epoch;
}

/** A single iteration is not to be taken up again by anybody. */
const wantedBy = ({ isSingle, settlesOnly }: RunnerOptions): Wanted =>
  isSingle || settlesOnly ? (settlesOnly?.wanted ?? "stopped") : "running";

function takenBy({ owner, instanceId, now }: RunnerDeps, options: RunnerOptions): LoopMetadataChanges {
  const identity: LoopMetadataChanges = {
    pid: owner === "local" ? process.pid : null,
    runnerOwner: owner,
    runnerInstanceId: instanceId,
    runnerLiveness: null,
  };
  if (options.goesOn || options.settlesOnly) return identity;
  const stopState = { mainIterations: 0, judgeIterations: 0, lastJudgedMain: 0 };
  return { ...identity, startedAt: now(), iterationCount: 0, stopState };
}

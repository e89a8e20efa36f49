import { runnerLockPath, supervisorLockPath } from "../config/paths.ts";
import type { Milliseconds } from "../core/duration.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { isBeingStarted } from "../core/runner-verdict.ts";
import { commandLine } from "../process/command-line.ts";
import { isLocked, lockHolder } from "../process/file-lock.ts";
import { identify, isAlive, type ProcessIdentity } from "../process/identity.ts";
import { type Signal, sendSignal } from "../process/send-signal.ts";
import { terminateRun } from "../process/terminate.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import type { Invocation } from "./invocation.ts";
import { unfinishedRuns } from "./unfinished-runs.ts";

type Ender = Pick<Invocation, "config" | "world">;

/** A process of ours has taken its loop long before. */
const STARTS_WITHIN_MS: Milliseconds = 1000;
/** A supervisor answers a ping within milliseconds; one that does not is stuck. */
const ANSWERS_WITHIN_MS: Milliseconds = 500;
/** How long a runner has to end its harness and to write its end: its own bound for the harness is 2 s (spec/10 5.4). */
const GRACE_MS: Milliseconds = 2000;
/** After a second request a runner only writes what it must. */
const SECOND_GRACE_MS: Milliseconds = 700;
const LOOK_EVERY_MS: Milliseconds = 10;

/**
 * Ends the runner of a loop and what it runs, `kill_now` being in the loop's queue already (spec/10 section 5.4). Signals
 * only processes that are known to be the loop's, and never the supervisor. Whether nobody runs the loop any more.
 */
export async function endRunner(ender: Ender, db: Db, loop: Loop): Promise<boolean> {
  const lock = runnerLockPath(ender.config, loop.id);
  await untilStarted(ender, db, loop, lock);
  if (!isLocked(lock)) {
    await endForeign(loop);
    if (await settleLeftRuns(ender, db, loop)) return true;
  }
  // Somebody has the loop, or has taken it just now to follow what a dead runner has left.
  const isHostedNow = findLoopRuntime(db, loop.id)?.owner === "daemon";
  const ended = isHostedNow ? await endHosted(ender, loop) : await endLocal(ender, lock);
  // One that ends in good order leaves nothing; one that was killed itself just now leaves its agent.
  if (ended && unfinishedRuns(db, loop.id).length === 0) return true;
  // Nor must an agent live on whose supervisor does not answer, or whose runner is stuck.
  await endHarnesses(db, loop);
  return !isLocked(lock) && (await settleLeftRuns(ender, db, loop));
}

/** A process that was started for the loop just now would take it after everything was ended. */
async function untilStarted({ world }: Ender, db: Db, loop: Loop, lock: string): Promise<void> {
  const isComing = () => isBeingStarted(loop, findLoopRuntime(db, loop.id)?.instanceId, world.now());
  if (!isLocked(lock) && isComing()) await within(STARTS_WITHIN_MS, () => isLocked(lock) || !isComing());
}

async function endHosted({ config, world }: Ender, { id }: Loop): Promise<boolean> {
  const { findSupervisor, stopHostedLoop } = await import("../supervisor/client.ts");
  const caller = { config, world };
  if (!(await Promise.race([findSupervisor(caller), nothingAfter(ANSWERS_WITHIN_MS)]))) return false;
  const answer = await stopHostedLoop(caller, id, { force: true });
  return answer?.ended ?? false;
}

/** Does not keep the program from ending. */
const nothingAfter = (ms: Milliseconds): Promise<undefined> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Asks the process that holds the lock to end, twice, and then ends it. */
async function endLocal({ config }: Ender, lock: string): Promise<boolean> {
  const runner = holderOf(lock);
  if (runner === undefined || runner.pid === holderOf(supervisorLockPath(config))?.pid) return false;
  const signal = (name: Signal) => isLocked(lock) && isAlive(runner) && sendSignal(runner.pid, name);
  const isGone = () => !isLocked(lock);
  signal("SIGTERM");
  if (await within(GRACE_MS, isGone)) return true;
  signal("SIGTERM");
  if (await within(SECOND_GRACE_MS, isGone)) return true;
  signal("SIGKILL");
  await within(SECOND_GRACE_MS, isGone);
  // It had no time to end its harness.
  return false;
}

/** The process that has written itself into a lock file. */
function holderOf(lock: string): ProcessIdentity | undefined {
  const pid = Number.parseInt(lockHolder(lock), 10);
  return pid > 1 ? identify(pid) : undefined;
}

/** Ends a runner of another implementation, which takes no lock: only if its command line says whose it is. */
async function endForeign({ id, metadata }: Loop): Promise<void> {
  const { pid } = readLoopMetadata(metadata);
  const runner = pid !== undefined && pid > 1 && runsLoop(pid, id) ? identify(pid) : undefined;
  if (runner === undefined) return;
  const signal = (name: Signal) =>
    isAlive(runner) && runsLoop(runner.pid, id) && sendSignal(runner.pid, name);
  const isGone = () => !isAlive(runner);
  signal("SIGTERM");
  if (await within(GRACE_MS, isGone)) return;
  signal("SIGKILL");
  await within(SECOND_GRACE_MS, isGone);
}

/** `[--config <path>] loop run <loop id>`. */
function runsLoop(pid: number, id: string): boolean {
  const words = commandLine(pid);
  const at = words.lastIndexOf(id);
  return at >= 2 && words[at - 2] === "loop" && words[at - 1] === "run";
}

const endHarnesses = (db: Db, { id }: Loop): Promise<unknown> =>
  Promise.all(
    unfinishedRuns(db, id).map(({ runtime, leader }) => terminateRun({ runId: runtime.runId, leader })),
  );

/** Ends what a dead runner has left, as its next runner would do it by the order in the queue. False: it has one. */
async function settleLeftRuns(ender: Ender, db: Db, loop: Loop): Promise<boolean> {
  if (unfinishedRuns(db, loop.id).length === 0) return true;
  const { settleRuns } = await import("./settle-runs.ts");
  return settleRuns(ender, db, loop);
}

async function within(limit: Milliseconds, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + limit;
  while (!holds()) {
    if (performance.now() >= deadline) return false;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return true;
}

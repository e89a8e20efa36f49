import { runnerLockPath, supervisorLockPath } from "../config/paths.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
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

/** How long a runner has to end its harness and to write its end: its own bound for the harness is 2 s (spec/10 5.4). */
const GRACE_MS = 2000;
/** After a second request a runner only writes what it must. */
const SECOND_GRACE_MS = 700;
const LOOK_EVERY_MS = 10;

/**
 * Ends the runner of a loop and what it runs, `kill_now` being in the loop's queue already (spec/10 section 5.4). Signals
 * only processes that are known to be the loop's, and never the supervisor. Whether nobody runs the loop any more.
 */
export async function endRunner(ender: Ender, db: Db, loop: Loop): Promise<boolean> {
  const lock = runnerLockPath(ender.config, loop.id);
  const isHostedNow = findLoopRuntime(db, loop.id)?.owner === "daemon";
  if (isLocked(lock)) {
    const ended = isHostedNow ? await endHosted(ender, loop) : await endLocal(ender, lock);
    // A supervisor that does not answer, or a process that is stuck: its agent must not live on.
    if (!ended) await endHarnesses(db, loop);
    if (isLocked(lock)) return false;
  } else await endForeign(loop);
  if (unfinishedRuns(db, loop.id).length > 0) await settleRuns(ender, db, loop);
  return !isLocked(lock);
}

async function endHosted({ config, world }: Ender, { id }: Loop): Promise<boolean> {
  const { stopHostedLoop } = await import("../supervisor/client.ts");
  const answer = await stopHostedLoop({ config, world }, id, { force: true });
  return answer?.ended ?? false;
}

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

/** Takes up the runs that a dead runner has left, as the next runner would: the order in the queue ends them. */
async function settleRuns(ender: Ender, db: Db, loop: Loop): Promise<void> {
  const { settleLeftRuns } = await import("./settle-left-runs.ts");
  await settleLeftRuns(ender, db, loop);
}

async function within(limitMs: number, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() >= deadline) return false;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return true;
}

import { runnerLockPath } from "../config/paths.ts";
import type { LoopId } from "../core/ids.ts";
import { alreadyRuns } from "../core/live-runner.ts";
import { FileLock, lockHolder } from "../process/file-lock.ts";
import { findLoop } from "../store/loops.ts";
import type { RunnerDeps } from "./deps.ts";

/** A runner whose loop has ended leaves within this time. */
const LEAVES_WITHIN_MS = 5_000;
const TRY_EVERY_MS = 50;

/**
 * Takes the lock that only one live runner of a loop holds. A runner that is about to leave is waited for. Throws
 * `loop "<name>" already has a live runner (pid <pid>)`.
 */
export async function takeRunnerLock(deps: RunnerDeps, loopId: LoopId): Promise<FileLock> {
  const path = runnerLockPath(deps.config, loopId);
  const deadline = performance.now() + LEAVES_WITHIN_MS;
  for (;;) {
    const lock = await FileLock.acquire(path, `${process.pid} ${deps.instanceId}\n`);
    if (lock !== undefined) return lock;
    const loop = findLoop(deps.db, loopId);
    const isLeaving = loop?.state === "stopped" || loop?.state === "error";
    if (!isLeaving || performance.now() > deadline) {
      const [pid = ""] = lockHolder(path).split(/\s/, 1);
      throw alreadyRuns(loop?.name ?? loopId, pid);
    }
    await Bun.sleep(TRY_EVERY_MS);
  }
}

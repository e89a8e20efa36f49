import type { Loop } from "../core/loop.ts";
import type { RunnerLiveness } from "../core/loop-metadata.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { killRunningRuns } from "./loop-runs.ts";
import { patchLoop } from "./loop-updates.ts";
import { findLoop } from "./loops.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Writes the verdict that a loop's runner is dead (spec/10 section 11): state `stopped`, `stale_runner`, its running runs
 * `killed`, so that their slots are free again. Undefined, with nothing written, when the loop has changed since it was
 * looked at: then the verdict is about a runner that is no more, or a new one has started.
 */
export function stopStaleLoop(
  db: Db,
  seen: Loop,
  liveness: Omit<RunnerLiveness, "reconciledAt" | "reason">,
  now: Instant,
): Loop | undefined {
  return inTransaction(db, () => {
    if (!isUnchanged(findLoop(db, seen.id), seen)) return undefined;
    killRunningRuns(db, seen.id, now);
    return patchLoop(
      db,
      seen.id,
      {
        state: "stopped",
        lastError: "stale_runner",
        metadata: { runnerLiveness: { ...liveness, reconciledAt: now, reason: "stale_runner" } },
      },
      now,
    );
  });
}

/** The runner is told by state, pid and instance; the row's other values change in the life of one runner. */
const isUnchanged = (loop: Loop | undefined, seen: Loop): boolean =>
  loop !== undefined && runnerOf(loop) === runnerOf(seen);

const runnerOf = ({ state, metadata }: Loop): string =>
  JSON.stringify([state, metadata?.pid, metadata?.runner_instance_id, metadata?.started_at]);

import type { LoopId } from "../core/ids.ts";
import { runnerEvent } from "../core/loop-events.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { finishPendingOfTypes } from "./loop-queue.ts";
import { killRunningRuns } from "./loop-runs.ts";
import { patchLoop } from "./loop-updates.ts";
import { findLoop } from "./loops.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Writes that nobody runs a loop any more because an operator wants so: state `stopped`, its running runs `killed`. With
 * `ordersDone` its orders to stop and to kill have done their work, so that they cannot stop the next runner.
 */
export function markStopped(db: Db, id: LoopId, { ordersDone }: { ordersDone: boolean }, now: Instant): void {
  inTransaction(db, () => {
    const loop = findLoop(db, id);
    if (!loop) return;
    killRunningRuns(db, id, now);
    if (ordersDone) finishPendingOfTypes(db, id, ["stop_graceful", "kill_now"], "completed", now);
    if (loop.state === "stopped") return;
    const owner = readLoopMetadata(loop.metadata).runnerOwner === "daemon" ? "daemon" : "local";
    patchLoop(db, id, { state: "stopped" }, now, {
      tell: (stopped) => runnerEvent("loop.stopped", stopped, owner),
    });
  });
}

import { runnerLockPath } from "../config/paths.ts";
import type { ForgeError } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import { runnerEvent } from "../core/loop-events.ts";
import { isLocked } from "../process/file-lock.ts";
import type { RunnerDeps } from "../runner/deps.ts";
import { patchLoop } from "../store/loop-updates.ts";
import { inTransactionAsync } from "../store/transaction.ts";

/** A database that could not be written is tried again after this time. */
const TRY_AGAIN_MS = 5000;

/**
 * Ends a loop whose runner has failed without having written so itself: state `error`. A loop that has another runner by now,
 * in whatever process, is left alone. Tries until it can be written.
 */
export async function writeFailure(
  { db, config, now, owner }: Pick<RunnerDeps, "db" | "config" | "now" | "owner">,
  loopId: LoopId,
  { message }: ForgeError,
): Promise<void> {
  for (;;) {
    if (isLocked(runnerLockPath(config, loopId))) return;
    try {
      const patch = { state: "error", lastError: message } as const;
      await inTransactionAsync(db, () =>
        patchLoop(db, loopId, patch, now(), {
          from: ["running", "sleeping", "waiting"],
          tell: (loop) => runnerEvent("loop.failed", loop, owner),
        }),
      );
      return;
    } catch {
      await Bun.sleep(TRY_AGAIN_MS);
    }
  }
}

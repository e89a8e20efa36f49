import { type ForgeError, operationFailed } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import { queueItemDraft } from "../core/queue-payload.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "../store/database.ts";
import { isDiskFull } from "../store/database-error.ts";
import { enqueue } from "../store/loop-queue.ts";
import { findLoop } from "../store/loops.ts";
import { markStopped } from "../store/stopped-loops.ts";
import { inTransaction } from "../store/transaction.ts";
import { endRunner } from "./end-runner.ts";
import type { Invocation } from "./invocation.ts";
import { poke } from "./poke.ts";
import { checkRunners, reconcileRunners } from "./runner-check.ts";

/** Orders are given by whoever types them. */
const REASON = "operator";

const order = (type: "stop_graceful" | "kill_now") => queueItemDraft({ type, payload: { reason: REASON } });

/**
 * Has loops stop after the run that is going on: one transaction for all, then a word to the supervisor. Where nobody runs
 * a loop the order is done at once. A loop that was removed meanwhile is left out.
 */
export async function stopLoops(invocation: Invocation, db: Db, loops: readonly Loop[]): Promise<void> {
  const { world } = invocation;
  const checked = await checkRunners(invocation, db, loops);
  inTransaction(db, () => {
    for (const { loop, verdict } of reconcileRunners(invocation, db, checked)) {
      if (!findLoop(db, loop.id)) continue;
      enqueue(db, loop.id, [order("stop_graceful")], world.now());
      if (verdict === "none") markStopped(db, loop.id, { ordersDone: true }, world.now());
    }
  });
  await poke(invocation, loops);
}

/**
 * Ends loops at once, with all that they run. The orders are written before anything is signalled; within 4 seconds all of
 * them are stopped, whether they had a runner or not. Nothing that has crashed is started for it.
 */
export async function killLoops(invocation: Invocation, db: Db, loops: readonly Loop[]): Promise<void> {
  const { world } = invocation;
  const noRoom = orderKill(db, loops, world.now());
  // Each is ended as far as it can be, whatever becomes of the others.
  const ends = await Promise.allSettled(loops.map((loop) => endRunner(invocation, db, loop)));
  if (noRoom) throw noRoom;
  const ended = ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  inTransaction(db, () => {
    for (const [index, loop] of loops.entries())
      markStopped(db, loop.id, { ordersDone: ended[index] ?? false }, world.now());
  });
}

/** Orders loops to end. Where the disk has no room for that, what runs is ended all the same: the answer is what to tell then. */
function orderKill(db: Db, loops: readonly Loop[], now: Instant): ForgeError | undefined {
  try {
    inTransaction(db, () => {
      for (const { id } of loops) if (findLoop(db, id)) enqueue(db, id, [order("kill_now")], now);
    });
    return undefined;
  } catch (thrown) {
    if (!isDiskFull(thrown)) throw thrown;
    return operationFailed("the disk is full: what ran was ended, and none of it could be recorded", {
      hint: "Free some space, then kill the loops again",
      cause: thrown,
    });
  }
}

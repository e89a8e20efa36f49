import { finishQueueItems, listPending } from "../store/loop-queue.ts";
import { planQueue, type QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

/** Reads the queue and makes the plan of the next pass. Items that nobody can follow are taken out of it, with a word. */
export async function readPlan(session: Session): Promise<QueuePlan> {
  const { db, faultPoint } = session.deps;
  const plan = planQueue(listPending(db, session.loopId));
  for (const { itemId, reason } of plan.rejected) {
    await session.transact(() => finishQueueItems(db, [itemId], "failed", session.now(), reason));
    session.log.line(`queue item ${itemId} skipped: ${reason}`);
  }
  faultPoint("planned");
  return plan;
}

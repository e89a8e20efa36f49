import { finishQueueItems, listPending } from "../store/loop-queue.ts";
import { attempt, type Ending } from "./ending.ts";
import { planQueue, type QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

/** Reads the queue and makes the plan of the next pass. Items that nobody can follow are taken out of it, with a word. */
export async function readPlan(session: Session): Promise<{ value: QueuePlan } | { ending: Ending }> {
  const { db, faultPoint } = session.deps;
  const plan = attempt("queue planning error", () => planQueue(listPending(db, session.loopId)));
  if ("ending" in plan) return plan;
  for (const { itemId, reason } of plan.value.rejected) {
    await session.transact(() => finishQueueItems(db, [itemId], "failed", session.now(), reason));
    session.log.line(`queue item ${itemId} skipped: ${reason}`);
  }
  faultPoint("planned");
  return plan;
}

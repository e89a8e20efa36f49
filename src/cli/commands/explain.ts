import { ForgeError, notFound } from "../../core/errors.ts";
import { explainLoop, loopExplanationJson } from "../../core/explain-loop.ts";
import { explainQueueItem, queueItemExplanationJson } from "../../core/explain-queue-item.ts";
import type { Loop } from "../../core/loop.ts";
import type { QueueItem } from "../../core/queue.ts";
import type { Db } from "../../store/database.ts";
import { findQueueItem, listPending } from "../../store/loop-queue.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { getLoop } from "../../store/loops.ts";
import { loopExplanationText, queueItemExplanationText } from "../explanation-text.ts";
import type { Invocation, Run } from "../invocation.ts";
import { readLoopFacts } from "../read-loop-facts.ts";
import { openStore } from "../store-access.ts";

/** Ids of queue items of other implementations begin so. */
const QUEUE_ITEM_PREFIX = "qi_";

export const run: Run<Record<never, never>> = async (invocation) => {
  const reference = invocation.args[0]?.trim();
  if (!reference) throw nothingNamed();
  const db = openStore(invocation, "read");
  const item = findQueueItem(db, reference);
  if (item) return showQueueItem(invocation, db, item);
  if (reference.startsWith(QUEUE_ITEM_PREFIX)) throw notFound(`queue item not found: ${reference}`);
  await showLoop(invocation, db, loopOrAgent(db, reference));
};

const nothingNamed = () =>
  new ForgeError(
    "unknown",
    "no agent specified and no context set (use 'forge use <agent>' or provide agent ID)",
    { hint: "forge explain <loop>" },
  );

/** What is no loop may be an agent, and there are none yet (spec/20 section 20). */
function loopOrAgent(db: Db, reference: string): Loop {
  try {
    return findLoopByReference(db, reference);
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.kind !== "not_found") throw thrown;
    throw notFound(`agent '${reference}' not found`, {
      hint: "Run `forge agent list` to see valid IDs.",
      details: { id: reference, resource: "agent" },
      cause: thrown,
    });
  }
}

async function showLoop(invocation: Invocation, db: Db, loop: Loop): Promise<void> {
  const { out } = invocation;
  const explanation = explainLoop(await readLoopFacts(invocation, db, loop));
  if (out.isJson) out.json(loopExplanationJson(explanation));
  else out.write(loopExplanationText(explanation, out.paint));
}

function showQueueItem({ out }: Invocation, db: Db, item: QueueItem): void {
  const ahead = listPending(db, item.loopId).filter(({ position }) => position < item.position);
  const explanation = explainQueueItem(item, getLoop(db, item.loopId), ahead);
  if (out.isJson) out.json(queueItemExplanationJson(explanation));
  else out.write(queueItemExplanationText(explanation, out.paint));
}

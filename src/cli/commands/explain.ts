import type { AgentQueueItem } from "../../core/agent-queue.ts";
import { ForgeError, notFound } from "../../core/errors.ts";
import { type AgentExplanation, agentExplanationJson, explainAgent } from "../../core/explain-agent.ts";
import { agentItemExplanationJson, explainAgentItem } from "../../core/explain-agent-item.ts";
import { explainLoop, loopExplanationJson } from "../../core/explain-loop.ts";
import { explainQueueItem, queueItemExplanationJson } from "../../core/explain-queue-item.ts";
import type { Loop } from "../../core/loop.ts";
import type { QueueItem } from "../../core/queue.ts";
import { countAgentItems, findAgentQueueItem } from "../../store/agent-queue.ts";
import type { Db } from "../../store/database.ts";
import { findQueueItem, listPending } from "../../store/loop-queue.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { getLoop } from "../../store/loops.ts";
import { agentExplanationText, agentItemExplanationText } from "../agent-explanation-text.ts";
import { loopExplanationText, queueItemExplanationText } from "../explanation-text.ts";
import type { Invocation, Run } from "../invocation.ts";
import { agentOfContext, readAgentFacts } from "../read-agent-facts.ts";
import { readLoopFacts } from "../read-loop-facts.ts";
import { openStore } from "../store-access.ts";

/** Ids of queue items of other implementations begin so. */
const QUEUE_ITEM_PREFIX = "qi_";

export const run: Run<Record<never, never>> = async (invocation) => {
  const db = openStore(invocation, "read");
  const reference = invocation.args[0]?.trim() || agentOfContext(invocation, db);
  if (!reference) throw nothingNamed();
  const item = findQueueItem(db, reference);
  if (item) return showQueueItem(invocation, db, item);
  const agentItem = findAgentQueueItem(db, reference);
  if (agentItem) return showAgentItem(invocation, db, agentItem);
  if (reference.startsWith(QUEUE_ITEM_PREFIX)) throw notFound(`queue item not found: ${reference}`);
  const loop = loopOf(db, reference);
  if (loop instanceof ForgeError) return showAgentInstead(invocation, db, reference, loop);
  await showLoop(invocation, db, loop);
};

const nothingNamed = () =>
  new ForgeError(
    "unknown",
    "no agent specified and no context set (use 'forge use <agent>' or provide agent ID)",
    { hint: "forge explain <loop>" },
  );

/** What is no loop may be an agent: then the error that says so. */
function loopOf(db: Db, reference: string): Loop | ForgeError {
  try {
    return findLoopByReference(db, reference);
  } catch (thrown) {
    if (thrown instanceof ForgeError && thrown.kind === "not_found") return thrown;
    throw thrown;
  }
}

/** A name that is neither is more likely that of a loop, mistyped: the loop's hint wins. */
function showAgentInstead(invocation: Invocation, db: Db, reference: string, noLoop: ForgeError): void {
  try {
    showAgent(invocation, explainAgent(readAgentFacts(invocation, db, reference)));
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.kind !== "not_found" || noLoop.hint === undefined)
      throw thrown;
    throw notFound(thrown.message, { hint: noLoop.hint, details: thrown.details, cause: thrown });
  }
}

function showAgent({ out }: Invocation, explanation: AgentExplanation): void {
  if (out.isJson) out.json(agentExplanationJson(explanation));
  else out.write(agentExplanationText(explanation, out.paint));
}

function showAgentItem(invocation: Invocation, db: Db, item: AgentQueueItem): void {
  const { out } = invocation;
  const agent = explainAgent(readAgentFacts(invocation, db, item.agentId));
  const { pending } = countAgentItems(db, item.agentId, item.position);
  const explanation = explainAgentItem(item, agent, pending);
  if (out.isJson) out.json(agentItemExplanationJson(explanation));
  else out.write(agentItemExplanationText(explanation, out.paint));
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

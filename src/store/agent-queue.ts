import { type AgentQueueItem, validateAgentQueueItem } from "../core/agent-queue.ts";
import { type AgentId, type AgentQueueItemId, newId } from "../core/ids.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { type QueueColumns, readQueueColumns } from "./queue-columns.ts";
import { inTransaction } from "./transaction.ts";

interface AgentQueueRow extends QueueColumns {
  id: AgentQueueItemId;
  agent_id: AgentId;
}

/** An item that is to be queued. */
export interface AgentQueueDraft {
  readonly type: string;
  readonly payload: object;
}

/** Puts items behind all others of an agent's queue: all or none. Throws what is wrong with one of them. */
export function appendAgentItems(
  db: Db,
  agentId: AgentId,
  drafts: readonly AgentQueueDraft[],
  now: Instant,
): AgentQueueItemId[] {
  const items = drafts.map(({ type, payload }) => ({
    id: newId<AgentQueueItemId>(),
    type,
    payloadJson: JSON.stringify(payload),
  }));
  for (const item of items) validateAgentQueueItem({ ...item, attempts: 0 });
  const insert = db.query(
    `INSERT INTO queue_items (id, agent_id, type, position, status, attempts, payload_json, created_at)
     SELECT $id, $agentId, $type, COALESCE(MAX(position), 0) + 1, 'pending', 0, $payloadJson, $createdAt
     FROM queue_items WHERE agent_id = $agentId`,
  );
  inTransaction(db, () => {
    for (const item of items) insert.run({ ...item, agentId, createdAt: formatTime(now) });
  });
  return items.map(({ id }) => id);
}

/** The items of all agents' queues, by agent and position. */
export const listAgentQueues = (db: Db): AgentQueueItem[] =>
  db
    .query<AgentQueueRow, []>("SELECT * FROM queue_items ORDER BY agent_id, position, rowid")
    .all()
    .map((row) => ({ id: row.id, agentId: row.agent_id, ...readQueueColumns(row) }));

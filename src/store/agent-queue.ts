import { type AgentQueueItem, validateAgentQueueItem } from "../core/agent-queue.ts";
import { type AgentId, type AgentQueueItemId, newId } from "../core/ids.ts";
import { parseQueueItemStatus } from "../core/queue.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import { readRequiredTime, readTextColumn } from "./columns.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

interface AgentQueueRow {
  id: AgentQueueItemId;
  agent_id: AgentId;
  type: string;
  position: number;
  status: string;
  attempts: number;
  payload_json: string;
  error_message: string | null;
  created_at: string;
  dispatched_at: string | null;
  completed_at: string | null;
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
    .map((row) => ({
      id: row.id,
      agentId: row.agent_id,
      type: row.type,
      position: row.position,
      status: parseQueueItemStatus(row.status),
      attempts: row.attempts,
      payloadJson: row.payload_json,
      createdAt: readRequiredTime(row.created_at),
      dispatchedAt: parseTime(row.dispatched_at),
      completedAt: parseTime(row.completed_at),
      error: readTextColumn(row.error_message),
    }));

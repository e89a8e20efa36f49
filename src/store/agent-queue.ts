import { type AgentQueueItem, validateAgentQueueItem } from "../core/agent-queue.ts";
import { messageQueued } from "../core/core-events.ts";
import { type AgentId, type AgentQueueItemId, newId } from "../core/ids.ts";
import { onlyOne } from "../core/place-reference.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import { type QueueColumns, readQueueColumns } from "./queue-columns.ts";
import { insertRow } from "./statements.ts";
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
  for (const draft of drafts) validateDraft(draft);
  return inTransaction(db, () => {
    const ids = orderedIds(db, agentId);
    makeRoom(db, ids, ids.length, drafts.length);
    return drafts.map((draft, at) => insertItem(db, agentId, draft, ids.length + at + 1, now));
  });
}

/** Where an item is put: before or behind all others, or behind the one whose id begins so. */
export type AgentQueuePlace = "front" | "end" | { readonly after: string };

export interface QueuedAgentItem {
  readonly id: AgentQueueItemId;
  /** Counted from 1 among all items of the agent, whatever their status. */
  readonly position: number;
}

/** Puts an item into an agent's queue. Throws what is wrong with it, and `queue item not found: <reference>`. */
export function queueAgentItem(
  db: Db,
  agentId: AgentId,
  draft: AgentQueueDraft,
  place: AgentQueuePlace,
  now: Instant,
): QueuedAgentItem {
  validateDraft(draft);
  return inTransaction(db, () => {
    const ids = orderedIds(db, agentId);
    const index = indexOf(place, ids);
    const position = index + 1;
    makeRoom(db, ids, index, 1);
    return { id: insertItem(db, agentId, draft, position, now), position };
  });
}

function indexOf(place: AgentQueuePlace, ids: readonly AgentQueueItemId[]): number {
  if (place === "front") return 0;
  if (place === "end") return ids.length;
  const { id } = onlyOne(
    "queue item",
    ids.map((known) => ({ id: known })),
    place.after,
    (item) => item.id,
  );
  return ids.indexOf(id) + 1;
}

const validateDraft = ({ type, payload }: AgentQueueDraft): void =>
  validateAgentQueueItem({ type, attempts: 0, payloadJson: JSON.stringify(payload) });

/** The items of one agent, in the order of its queue. */
const orderedIds = (db: Db, agentId: AgentId): AgentQueueItemId[] =>
  db
    .query<{ id: AgentQueueItemId }, [string]>(
      "SELECT id FROM queue_items WHERE agent_id = ? ORDER BY position, rowid",
    )
    .all(agentId)
    .map(({ id }) => id);

/** Gives items their places without gaps but for the one behind the first `index` of them. */
function makeRoom(db: Db, ids: readonly AgentQueueItemId[], index: number, room: number): void {
  const move = db.query(
    "UPDATE queue_items SET position = $position WHERE id = $id AND position <> $position",
  );
  ids.forEach((id, at) => {
    move.run({ id, position: at + 1 + (at < index ? 0 : room) });
  });
}

function insertItem(
  db: Db,
  agentId: AgentId,
  { type, payload }: AgentQueueDraft,
  position: number,
  now: Instant,
): AgentQueueItemId {
  const id = newId<AgentQueueItemId>();
  insertRow(db, "queue_items", {
    id,
    agent_id: agentId,
    type,
    position,
    status: "pending",
    attempts: 0,
    payload_json: JSON.stringify(payload),
    created_at: formatTime(now),
  });
  appendEvent(db, messageQueued({ queueItemId: id, itemType: type, agentId }), now);
  return id;
}

/** An item of any agent's queue. */
export function findAgentQueueItem(db: Db, id: string): AgentQueueItem | undefined {
  const row = db.query<AgentQueueRow, [string]>("SELECT * FROM queue_items WHERE id = ?").get(id);
  return row ? toItem(row) : undefined;
}

/** How many items an agent has, and how many of them wait; `before`: only those before this position. */
export const countAgentItems = (
  db: Db,
  agentId: string,
  before = Number.MAX_SAFE_INTEGER,
): { total: number; pending: number } =>
  db
    .query<{ total: number; pending: number }, [string, number]>(
      `SELECT count(*) AS total, count(*) FILTER (WHERE status = 'pending') AS pending
       FROM queue_items WHERE agent_id = ? AND position < ?`,
    )
    .get(agentId, before) ?? { total: 0, pending: 0 };

const toItem = (row: AgentQueueRow): AgentQueueItem => ({
  id: row.id,
  agentId: row.agent_id,
  ...readQueueColumns(row),
});

/** The items of all agents' queues, by agent and position. */
export const listAgentQueues = (db: Db): AgentQueueItem[] =>
  db
    .query<AgentQueueRow, []>("SELECT * FROM queue_items ORDER BY agent_id, position, rowid")
    .all()
    .map(toItem);

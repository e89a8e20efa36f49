import { notFound } from "../core/errors.ts";
import { type LoopId, newId, type QueueItemId } from "../core/ids.ts";
import type { QueueItem, QueueItemStatus, QueueItemType } from "../core/queue.ts";
import { type QueueItemDraft, validateQueueItems } from "../core/queue-payload.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { type QueueColumns, readQueueColumns } from "./queue-columns.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface QueueItemRow extends QueueColumns {
  id: QueueItemId;
  loop_id: LoopId;
}

const toQueueItem = (row: QueueItemRow): QueueItem => ({
  id: row.id,
  loopId: row.loop_id,
  ...readQueueColumns(row),
});

const IN_ORDER = "ORDER BY position, created_at, rowid";

const itemNotFound = () => notFound("queue item not found");

/**
 * Puts items at the end of a loop's queue: all of them, or none when one is invalid. Positions are given out inside the
 * transaction, so that callers at the same time never share one. Throws `invalid queue item at index N: ...`.
 */
export function enqueue(
  db: Db,
  loopId: LoopId,
  drafts: readonly QueueItemDraft[],
  now: Instant,
): QueueItem[] {
  validateQueueItems(drafts);
  if (drafts.length === 0) return [];
  return inTransaction(db, () => {
    const last = lastPosition(db, loopId);
    return drafts.map((draft, index) => insertItem(db, loopId, draft, last + 1 + index, now));
  });
}

function insertItem(
  db: Db,
  loopId: LoopId,
  draft: QueueItemDraft,
  position: number,
  now: Instant,
): QueueItem {
  const item: QueueItem = {
    id: newId<QueueItemId>(),
    loopId,
    type: draft.type,
    position,
    status: "pending",
    attempts: draft.attempts ?? 0,
    payloadJson: draft.payloadJson,
    createdAt: now,
  };
  insertRow(db, "loop_queue_items", {
    id: item.id,
    loop_id: loopId,
    type: item.type,
    position,
    status: item.status,
    attempts: item.attempts,
    payload_json: item.payloadJson,
    created_at: formatTime(now),
  });
  return item;
}

const lastPosition = (db: Db, loopId: LoopId): number =>
  db
    .query<{ last: number | null }, [string]>(
      "SELECT max(position) AS last FROM loop_queue_items WHERE loop_id = ?",
    )
    .get(loopId)?.last ?? 0;

/** The pending item that is next. Throws `queue is empty`. */
export function peekQueue(db: Db, loopId: LoopId): QueueItem {
  const row = db
    .query<QueueItemRow, [string]>(
      `SELECT * FROM loop_queue_items WHERE loop_id = ? AND status = 'pending' ${IN_ORDER} LIMIT 1`,
    )
    .get(loopId);
  if (!row) throw notFound("queue is empty");
  return toQueueItem(row);
}

/** Takes the pending item that is next, in one statement: no two callers get the same. Throws `queue is empty`. */
export function dequeue(db: Db, loopId: LoopId, now: Instant): QueueItem {
  const row = inTransaction(db, () =>
    db
      .query<QueueItemRow, [string, string]>(
        `UPDATE loop_queue_items SET status = 'dispatched', dispatched_at = ?
         WHERE status = 'pending' AND id = (
           SELECT id FROM loop_queue_items WHERE loop_id = ? AND status = 'pending' ${IN_ORDER} LIMIT 1
         ) RETURNING *`,
      )
      .get(formatTime(now), loopId),
  );
  if (!row) throw notFound("queue is empty");
  return toQueueItem(row);
}

export function findQueueItem(db: Db, id: string): QueueItem | undefined {
  const row = db.query<QueueItemRow, [string]>("SELECT * FROM loop_queue_items WHERE id = ?").get(id);
  return row ? toQueueItem(row) : undefined;
}

/** All items of a loop, in order, whatever their status. */
export const listQueue = (db: Db, loopId: LoopId): QueueItem[] =>
  db
    .query<QueueItemRow, [string]>(`SELECT * FROM loop_queue_items WHERE loop_id = ? ${IN_ORDER}`)
    .all(loopId)
    .map(toQueueItem);

/** The items that wait, in order. Costs the same however many have been done. */
export const listPending = (db: Db, loopId: LoopId): QueueItem[] =>
  db
    .query<QueueItemRow, [string]>(
      `SELECT * FROM loop_queue_items WHERE loop_id = ? AND status = 'pending' ${IN_ORDER}`,
    )
    .all(loopId)
    .map(toQueueItem);

export const countPending = (db: Db, loopId: LoopId): number =>
  db
    .query<{ n: number }, [string]>(
      "SELECT count(*) AS n FROM loop_queue_items WHERE loop_id = ? AND status = 'pending'",
    )
    .get(loopId)?.n ?? 0;

/** Deletes the items that wait and returns how many there were. */
export const clearQueue = (db: Db, loopId: LoopId): number =>
  inTransaction(
    db,
    () =>
      db.query("DELETE FROM loop_queue_items WHERE loop_id = ? AND status = 'pending'").run(loopId).changes,
  );

/** Deletes an item in any status. Throws `queue item not found`. */
export function removeQueueItem(db: Db, id: QueueItemId): void {
  const { changes } = inTransaction(db, () => db.query("DELETE FROM loop_queue_items WHERE id = ?").run(id));
  if (changes === 0) throw itemNotFound();
}

/** Sets a status; `completed_at` becomes now, whatever it is. Throws `queue item not found`. */
export function setQueueItemStatus(
  db: Db,
  id: QueueItemId,
  status: QueueItemStatus,
  now: Instant,
  error?: string,
): void {
  const values = { status, error_message: textOrNull(error), completed_at: formatTime(now) };
  if (!inTransaction(db, () => updateRow(db, "loop_queue_items", { id }, values))) throw itemNotFound();
}

/**
 * Ends those of the items that still wait (or were dispatched) and returns how many. Items that are done already, or that
 * an operator has removed meanwhile, are left alone.
 */
export function finishQueueItems(
  db: Db,
  ids: readonly QueueItemId[],
  status: "completed" | "failed" | "skipped",
  now: Instant,
  error?: string,
): number {
  if (ids.length === 0) return 0;
  const finish = db.query(
    `UPDATE loop_queue_items SET status = $status, error_message = $error, completed_at = $at
     WHERE id = $id AND status IN ('pending', 'dispatched')`,
  );
  const values = { status, error: textOrNull(error), at: formatTime(now) };
  return inTransaction(db, () => ids.filter((id) => finish.run({ id, ...values }).changes > 0).length);
}

/** Ends all waiting items of these types, oldest orders included; `error` says why. Returns the items. */
export function finishPendingOfTypes(
  db: Db,
  loopId: LoopId,
  types: readonly QueueItemType[],
  status: "completed" | "skipped",
  now: Instant,
  error?: string,
): QueueItem[] {
  const wanted = new Set<string>(types);
  return inTransaction(db, () => {
    const items = listPending(db, loopId).filter(({ type }) => wanted.has(type));
    finishQueueItems(
      db,
      items.map(({ id }) => id),
      status,
      now,
      error,
    );
    return items;
  });
}

/** Gives the named items the positions 1 to n in this order. Items of other loops and unknown ones are ignored. */
export function reorderQueue(db: Db, loopId: LoopId, ids: readonly QueueItemId[]): void {
  if (ids.length === 0) return;
  inTransaction(db, () => {
    ids.forEach((id, index) => {
      updateRow(db, "loop_queue_items", { id, loop_id: loopId }, { position: index + 1 });
    });
  });
}

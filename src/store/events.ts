import { invalid, notFound } from "../core/errors.ts";
import { type Event, type EventDraft, validateEvent } from "../core/event.ts";
import { type EventId, orderedId } from "../core/ids.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { isBlank } from "../core/validation.ts";
import { jsonOrNull, readRequiredTime, readTextColumn, readTextMap, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { insertRow } from "./statements.ts";
import { countStoredEvent } from "./stored-events.ts";
import { inTransaction } from "./transaction.ts";

/** A row of `events` as SQLite gives it. */
export interface EventRow {
  id: EventId;
  timestamp: string;
  type: string;
  entity_type: string;
  entity_id: string;
  payload_json: string | null;
  metadata_json: string | null;
}

export const EVENT_COLUMNS = "id, timestamp, type, entity_type, entity_id, payload_json, metadata_json";

export const toEvent = (row: EventRow): Event => ({
  id: row.id,
  timestamp: readRequiredTime(row.timestamp),
  type: row.type,
  entityType: row.entity_type,
  entityId: row.entity_id,
  payloadJson: readTextColumn(row.payload_json),
  metadata: row.metadata_json ? readTextMap(row.metadata_json) : undefined,
});

/** Stores an event; called inside the transaction of the change that it tells. Throws `invalid event`. */
export function appendEvent(db: Db, draft: EventDraft, now: Instant): Event {
  if ([draft.type, draft.entityType, draft.entityId].some(isBlank)) throw invalid("invalid event");
  const payloadJson = draft.payload && JSON.stringify(draft.payload);
  return storeEvent(db, { ...draft, id: nextEventId(now), timestamp: now, payloadJson });
}

let latest = { at: -1, number: 0 };

/**
 * Ids of one second sort in the order in which they are made: readers page by time and id, and would miss an event that is
 * stored after the one that they have seen last and sorts before it.
 */
function nextEventId(now: Instant): EventId {
  latest = { at: now, number: now === latest.at ? latest.number + 1 : 0 };
  return orderedId(now, latest.number);
}

/** Stores an event that has its id and time already, such as one that is imported. Throws what is missing. */
export function createEvent(db: Db, event: Event): Event {
  validateEvent(event);
  return storeEvent(db, event);
}

function storeEvent(db: Db, event: Event): Event {
  countStoredEvent();
  inTransaction(db, () =>
    insertRow(db, "events", {
      id: event.id,
      timestamp: formatTime(event.timestamp),
      type: event.type,
      entity_type: event.entityType,
      entity_id: event.entityId,
      payload_json: textOrNull(event.payloadJson),
      metadata_json: jsonOrNull(event.metadata),
    }),
  );
  const { id, timestamp, type, entityType, entityId, payloadJson, metadata } = event;
  return { id, timestamp, type, entityType, entityId, payloadJson, metadata };
}

export function findEvent(db: Db, id: EventId): Event | undefined {
  const row = db.query<EventRow, [string]>(`SELECT ${EVENT_COLUMNS} FROM events WHERE id = ?`).get(id);
  return row ? toEvent(row) : undefined;
}

/** Throws `event not found`. */
export function getEvent(db: Db, id: EventId): Event {
  const event = findEvent(db, id);
  if (!event) throw notFound("event not found");
  return event;
}

/** An event with the number under which the file keeps it: later commits have higher numbers. */
export interface NumberedEvent {
  row: number;
  event: Event;
}

/** The number of the newest event; 0 when there is none. Where a follower starts. */
export const lastEventRow = (db: Db): number =>
  db.query<{ row: number | null }, []>("SELECT max(rowid) AS row FROM events").get()?.row ?? 0;

/** Events that were stored after the numbered one, by whatever process, in that order. */
export function listEventsAfterRow(db: Db, row: number, limit = 1000): NumberedEvent[] {
  return db
    .query<EventRow & { row: number }, [number, number]>(
      `SELECT rowid AS row, ${EVENT_COLUMNS} FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?`,
    )
    .all(row, limit)
    .map((stored) => ({ row: stored.row, event: toEvent(stored) }));
}

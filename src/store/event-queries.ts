import type { Event } from "../core/event.ts";
import type { EventId } from "../core/ids.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import type { Db } from "./database.ts";
import { EVENT_COLUMNS, type EventRow, toEvent } from "./events.ts";
import { inTransaction } from "./transaction.ts";

const DEFAULT_PAGE = 100;
const DEFAULT_BATCH = 1000;

/** Below SQLite's limit on variables in one statement. */
const IDS_PER_STATEMENT = 500;

/** Conditions on events, all of which must hold. */
export interface EventQuery {
  type?: string | undefined;
  /** One of these; none: any. */
  types?: readonly string[] | undefined;
  entityType?: string | undefined;
  entityId?: string | undefined;
  /** From this moment on. */
  since?: Instant | undefined;
  /** Before this moment. */
  until?: Instant | undefined;
  /** Id of the last event that was seen; an unknown one gives an empty page. */
  cursor?: string | undefined;
  /** 0 or less is 100. */
  limit?: number | undefined;
  /** Only events that were stored up to the one with this number; see `lastEventRow`. */
  throughRow?: number | undefined;
}

export interface EventPage {
  events: Event[];
  /** Where the next page starts; undefined on the last one. */
  nextCursor?: EventId | undefined;
}

const WHERE = `
  WHERE ($type IS NULL OR type = $type)
    AND ($types IS NULL OR type IN (SELECT value FROM json_each($types)))
    AND ($entityType IS NULL OR entity_type = $entityType)
    AND ($entityId IS NULL OR entity_id = $entityId)
    AND ($since IS NULL OR timestamp >= $since)
    AND ($until IS NULL OR timestamp < $until)
    AND ($throughRow IS NULL OR rowid <= $throughRow)`;

const conditions = (query: EventQuery) => ({
  type: query.type ?? null,
  types: query.types && query.types.length > 0 ? JSON.stringify(query.types) : null,
  entityType: query.entityType ?? null,
  entityId: query.entityId ?? null,
  since: textOf(query.since),
  until: textOf(query.until),
  throughRow: query.throughRow ?? null,
});

/** One page of events by time, then id. */
export function queryEvents(db: Db, query: EventQuery): EventPage {
  const limit = query.limit && query.limit > 0 ? query.limit : DEFAULT_PAGE;
  const rows = db
    .query<EventRow, Record<string, string | number | null>>(
      `SELECT ${EVENT_COLUMNS} FROM events ${WHERE}
         AND ($cursor IS NULL OR (timestamp, id) > (SELECT timestamp, id FROM events WHERE id = $cursor))
       ORDER BY timestamp, id LIMIT $limit`,
    )
    .all({ ...conditions(query), cursor: query.cursor || null, limit: limit + 1 });
  const events = rows.slice(0, limit).map(toEvent);
  return { events, nextCursor: rows.length > limit ? events.at(-1)?.id : undefined };
}

/** How many events there are in all pages of a query. */
export const countMatchingEvents = (db: Db, query: Omit<EventQuery, "cursor" | "limit">): number =>
  db
    .query<{ n: number }, Record<string, string | number | null>>(`SELECT count(*) AS n FROM events ${WHERE}`)
    .get(conditions(query))?.n ?? 0;

/** All events of a query, page by page. */
export function* eventPages(db: Db, query: EventQuery): Generator<readonly Event[]> {
  let cursor = query.cursor;
  do {
    const page = queryEvents(db, { ...query, cursor });
    if (page.events.length > 0) yield page.events;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

const textOf = (at: Instant | undefined): string | null => (at === undefined ? null : formatTime(at));

/** The oldest events of one entity. */
export const listEventsOfEntity = (
  db: Db,
  entityType: string,
  entityId: string,
  limit = DEFAULT_PAGE,
): Event[] => queryEvents(db, { entityType, entityId, limit }).events;

export const countEvents = (db: Db): number =>
  db.query<{ n: number }, []>("SELECT count(*) AS n FROM events").get()?.n ?? 0;

/** Undefined when there are none. */
export const oldestEventTime = (db: Db): Instant | undefined =>
  parseTime(db.query<{ at: string | null }, []>("SELECT min(timestamp) AS at FROM events").get()?.at);

export const listOldestEvents = (db: Db, limit = DEFAULT_BATCH): Event[] =>
  db
    .query<EventRow, [number]>(`SELECT ${EVENT_COLUMNS} FROM events ORDER BY timestamp, id LIMIT ?`)
    .all(limit)
    .map(toEvent);

export const listEventsOlderThan = (db: Db, before: Instant, limit = DEFAULT_BATCH): Event[] =>
  db
    .query<EventRow, [string, number]>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE timestamp < ? ORDER BY timestamp, id LIMIT ?`,
    )
    .all(formatTime(before), limit)
    .map(toEvent);

/** Deletes the oldest events before a moment, at most `limit`, and returns how many. */
export const deleteEventsOlderThan = (db: Db, before: Instant, limit = DEFAULT_BATCH): number =>
  inTransaction(
    db,
    () =>
      db
        .query(
          `DELETE FROM events WHERE rowid IN (
             SELECT rowid FROM events WHERE timestamp < ? ORDER BY timestamp, id LIMIT ?)`,
        )
        .run(formatTime(before), limit).changes,
  );

/** Deletes the oldest events above `maxCount`, at most `limit`, and returns how many. 0 keeps all. */
export function deleteExcessEvents(db: Db, maxCount: number, limit = DEFAULT_BATCH): number {
  if (maxCount <= 0) return 0;
  return inTransaction(db, () => {
    const excess = Math.min(countEvents(db) - maxCount, limit);
    if (excess <= 0) return 0;
    return db
      .query("DELETE FROM events WHERE rowid IN (SELECT rowid FROM events ORDER BY timestamp, id LIMIT ?)")
      .run(excess).changes;
  });
}

/** Deletes events, such as a batch that was archived, and returns how many there were. */
export function deleteEvents(db: Db, ids: readonly EventId[]): number {
  return inTransaction(db, () => {
    let deleted = 0;
    for (let at = 0; at < ids.length; at += IDS_PER_STATEMENT) {
      const some = ids.slice(at, at + IDS_PER_STATEMENT);
      deleted += db
        .query(`DELETE FROM events WHERE id IN (${some.map(() => "?").join()})`)
        .run(...some).changes;
    }
    return deleted;
  });
}

import type { EventId } from "../core/ids.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";
import { millisOrNull, readRequiredTime, readTextColumn, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

export type DeliveryState = "pending" | "done" | "dead";

/** That a hook is told of an event: a row of `fx_hook_deliveries` (spec/30 section 11). */
export interface HookDelivery {
  readonly hookId: string;
  readonly eventId: EventId;
  /** How often it was tried. */
  readonly attempts: number;
  readonly state: DeliveryState;
  /** When it is due; of one that is pending. */
  readonly nextAt?: Instant | undefined;
  readonly lastError?: string | undefined;
  readonly updatedAt: Instant;
}

/** More that wait for one hook are not kept: the oldest are given up. */
const MOST_PENDING = 1000;
const TOO_MANY = `dropped: more than ${MOST_PENDING} deliveries wait`;

interface DeliveryRow {
  hook_id: string;
  event_id: EventId;
  attempts: number;
  state: DeliveryState;
  next_at: string | null;
  last_error: string | null;
  updated_at: string;
}

const toDelivery = (row: DeliveryRow): HookDelivery => ({
  hookId: row.hook_id,
  eventId: row.event_id,
  attempts: row.attempts,
  state: row.state,
  nextAt: parseTime(row.next_at),
  lastError: readTextColumn(row.last_error),
  updatedAt: readRequiredTime(row.updated_at),
});

/** Writes down that a hook is to be told of an event, at once; not a second time. */
export function addDelivery(db: Db, hookId: string, eventId: EventId, now: Instant): void {
  const at = formatTimeMillis(now);
  db.query(
    `INSERT OR IGNORE INTO fx_hook_deliveries (hook_id, event_id, attempts, state, next_at, updated_at)
     VALUES ($hookId, $eventId, 0, 'pending', $at, $at)`,
  ).run({ hookId, eventId, at });
}

/** Gives up the oldest deliveries of a hook beyond the number that may wait. */
export function dropExcessDeliveries(db: Db, hookId: string, now: Instant): void {
  db.query(
    `UPDATE fx_hook_deliveries SET state = 'dead', next_at = NULL, last_error = $error, updated_at = $at
     WHERE rowid IN (SELECT rowid FROM fx_hook_deliveries WHERE hook_id = $hookId AND state = 'pending'
       ORDER BY rowid DESC LIMIT -1 OFFSET ${MOST_PENDING})`,
  ).run({ hookId, error: TOO_MANY, at: formatTimeMillis(now) });
}

/** What became of an attempt. Rows that are gone, with their hook, stay gone. */
export function updateDelivery(
  db: Db,
  { hookId, eventId }: Pick<HookDelivery, "hookId" | "eventId">,
  result: Pick<HookDelivery, "attempts" | "state" | "nextAt" | "lastError">,
  now: Instant,
): void {
  db.query(
    `UPDATE fx_hook_deliveries
     SET attempts = $attempts, state = $state, next_at = $nextAt, last_error = $error, updated_at = $at
     WHERE hook_id = $hookId AND event_id = $eventId`,
  ).run({
    hookId,
    eventId,
    attempts: result.attempts,
    state: result.state,
    nextAt: millisOrNull(result.nextAt),
    error: textOrNull(result.lastError),
    at: formatTimeMillis(now),
  });
}

/** Deliveries of these hooks that wait, of each hook those that are due first, at most so many of each. */
export const listPendingDeliveries = (db: Db, hookIds: readonly string[], ofEach: number): HookDelivery[] =>
  db
    .query<DeliveryRow, [string, number]>(
      `SELECT * FROM (
         SELECT *, row_number() OVER (PARTITION BY hook_id ORDER BY next_at, rowid) AS place
         FROM fx_hook_deliveries
         WHERE state = 'pending' AND hook_id IN (SELECT value FROM json_each(?)))
       WHERE place <= ? ORDER BY next_at`,
    )
    .all(JSON.stringify(hookIds), ofEach)
    .map(toDelivery);

/** The newest deliveries, the oldest of them first. */
export const listDeliveries = (
  db: Db,
  { hookId, state, limit }: { hookId?: string | undefined; state?: DeliveryState | undefined; limit: number },
): HookDelivery[] =>
  db
    .query<DeliveryRow, Record<string, string | number | null>>(
      `SELECT * FROM (SELECT *, rowid AS place FROM fx_hook_deliveries
         WHERE ($hookId IS NULL OR hook_id = $hookId) AND ($state IS NULL OR state = $state)
         ORDER BY rowid DESC LIMIT $limit) ORDER BY place`,
    )
    .all({ hookId: hookId ?? null, state: state ?? null, limit })
    .map(toDelivery);

/** Has all hooks told of an event again that were told once; returns how many. */
export const redeliver = (db: Db, eventId: EventId, now: Instant): number =>
  db
    .query(
      `UPDATE fx_hook_deliveries SET state = 'pending', attempts = 0, next_at = $at, last_error = NULL, updated_at = $at
       WHERE event_id = $eventId`,
    )
    .run({ eventId, at: formatTimeMillis(now) }).changes;

/** The ids of events that were to be told and begin so. */
export const findDeliveredEvents = (db: Db, idStart: string): EventId[] =>
  db
    .query<{ event_id: EventId }, [string, number]>(
      "SELECT DISTINCT event_id FROM fx_hook_deliveries WHERE substr(event_id, 1, ?2) = ?1 LIMIT 3",
    )
    .all(idStart, idStart.length)
    .map(({ event_id }) => event_id);

export const deleteDeliveriesOf = (db: Db, hookId: string): number =>
  db.query("DELETE FROM fx_hook_deliveries WHERE hook_id = ?").run(hookId).changes;

/** Forgets at most `limit` deliveries of events that are gone, and returns how many. */
export const deleteDeliveriesOfGoneEvents = (db: Db, limit: number): number =>
  inTransaction(
    db,
    () =>
      db
        .query(
          `DELETE FROM fx_hook_deliveries WHERE rowid IN (
             SELECT rowid FROM fx_hook_deliveries
             WHERE event_id NOT IN (SELECT id FROM events) LIMIT ?)`,
        )
        .run(limit).changes,
  );

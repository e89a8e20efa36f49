import { formatTime, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { lastEventRow } from "./events.ts";

/** Where none was looked for yet: what happened before belongs to nobody, except that which has just begun it all. */
const JUST_NOW_MS = 60_000;

/**
 * The number of the last event that hooks were looked for. What is stored is its id: a vacuum gives the numbers anew, and
 * after a removal they are given again. A cleanup that takes this event has taken all older ones too.
 */
export function hookCursor(db: Db, now: Instant): number {
  const stored = db
    .query<{ row: number | null }, []>(
      `SELECT events.rowid AS row FROM fx_hook_cursor
       LEFT JOIN events ON events.id = fx_hook_cursor.event_id`,
    )
    .get();
  return stored ? (stored.row ?? 0) : firstRowSince(db, now - JUST_NOW_MS) - 1;
}

const firstRowSince = (db: Db, since: Instant): number =>
  db
    .query<{ row: number | null }, [string]>("SELECT min(rowid) AS row FROM events WHERE timestamp >= ?")
    .get(formatTime(since))?.row ?? lastEventRow(db) + 1;

/** Moves the cursor behind the event with this number. */
export function moveHookCursor(db: Db, row: number): void {
  db.query(
    `INSERT INTO fx_hook_cursor (id, event_id) VALUES (1, (SELECT id FROM events WHERE rowid = ?))
     ON CONFLICT (id) DO UPDATE SET event_id = excluded.event_id`,
  ).run(row);
}

/** Passes over everything that was stored until now: nobody has asked for it. */
export const skipToNewestEvent = (db: Db): void => moveHookCursor(db, lastEventRow(db));

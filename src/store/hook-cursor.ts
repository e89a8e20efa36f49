import type { Db } from "./database.ts";
import { lastEventRow } from "./events.ts";

/**
 * The number of the last event that hooks were looked for; 0 when none was. What is stored is its id: a vacuum gives the
 * numbers anew, and after a removal they are given again. A cleanup that takes this event has taken all older ones too.
 */
export const hookCursor = (db: Db): number =>
  db
    .query<{ row: number }, []>(
      "SELECT events.rowid AS row FROM fx_hook_cursor JOIN events ON events.id = fx_hook_cursor.event_id",
    )
    .get()?.row ?? 0;

/** Moves the cursor behind the event with this number. */
export function moveHookCursor(db: Db, row: number): void {
  db.query(
    `INSERT INTO fx_hook_cursor (id, event_id) VALUES (1, (SELECT id FROM events WHERE rowid = ?))
     ON CONFLICT (id) DO UPDATE SET event_id = excluded.event_id`,
  ).run(row);
}

/** Passes over everything that was stored until now: nobody has asked for it. */
export const skipToNewestEvent = (db: Db): void => moveHookCursor(db, lastEventRow(db));

import type { LoopId } from "../core/ids.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

/** Items of a loop that were done with before a moment; what waits or is being delivered is not among them. */
const OLD_ITEMS = `FROM loop_queue_items
  WHERE loop_id = $loopId AND status IN ('completed', 'failed', 'skipped')
    AND unixepoch(COALESCE(completed_at, dispatched_at, created_at)) < $before`;

const seconds = (at: Instant): number => Math.floor(at / 1000);

export const countOldQueueItems = (db: Db, loopId: LoopId, before: Instant): number =>
  db
    .query<{ n: number }, { loopId: string; before: number }>(`SELECT count(*) AS n ${OLD_ITEMS}`)
    .get({ loopId, before: seconds(before) })?.n ?? 0;

/** Deletes at most `limit` of them and returns how many. */
export const deleteOldQueueItems = (db: Db, loopId: LoopId, before: Instant, limit: number): number =>
  inTransaction(
    db,
    () =>
      db
        .query(
          `DELETE FROM loop_queue_items WHERE rowid IN (SELECT rowid ${OLD_ITEMS} ORDER BY rowid LIMIT $limit)`,
        )
        .run({ loopId, before: seconds(before), limit }).changes,
  );

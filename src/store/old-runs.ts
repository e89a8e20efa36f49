import type { LoopId, RunId } from "../core/ids.ts";
import type { Instant } from "../core/time.ts";
import { countsNow } from "./counted-runs.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

/** Which runs of a loop are beyond what is kept: those below the newest `keep` (0: no limit), and those that ended before. */
export interface OldRuns {
  readonly loopId: LoopId;
  readonly keep: number;
  readonly before: Instant | undefined;
}

export interface OldRun {
  readonly id: RunId;
  readonly dir: string | null;
}

/** A run in progress, and one whose end is not written down everywhere, is not among them. */
const OLD_RUNS = `
  WITH ranked AS (
    SELECT id, status, unixepoch(COALESCE(finished_at, started_at)) AS ended,
      row_number() OVER (ORDER BY started_at DESC, rowid DESC) AS place
    FROM loop_runs WHERE loop_id = $loopId
  )
  SELECT ranked.id, fx_runs.dir FROM ranked LEFT JOIN fx_runs ON fx_runs.run_id = ranked.id
  WHERE status <> 'running' AND (fx_runs.run_id IS NULL OR fx_runs.phase = 'recorded')
    AND (($keep > 0 AND place > $keep) OR ended < $before)`;

const parametersOf = ({ loopId, keep, before }: OldRuns) => ({
  loopId,
  keep,
  before: before === undefined ? null : Math.floor(before / 1000),
});

/** The oldest first; a limit of -1 is none. */
export const listOldRuns = (db: Db, old: OldRuns, limit: number): OldRun[] =>
  db
    .query<OldRun, Record<string, string | number | null>>(`${OLD_RUNS} ORDER BY place DESC LIMIT $limit`)
    .all({ ...parametersOf(old), limit });

/** Runs of a loop below its newest `keep`, the oldest first: as `listOldRuns`, at a cost that allows asking often. */
export const listRunsBeyond = (db: Db, loopId: LoopId, keep: number, limit: number): OldRun[] =>
  db
    .query<OldRun, { loopId: string; keep: number; limit: number }>(
      `SELECT beyond.id, fx_runs.dir FROM (
         SELECT id, status, started_at, rowid AS place FROM loop_runs WHERE loop_id = $loopId
         ORDER BY started_at DESC, rowid DESC LIMIT -1 OFFSET $keep
       ) AS beyond LEFT JOIN fx_runs ON fx_runs.run_id = beyond.id
       WHERE beyond.status <> 'running' AND (fx_runs.run_id IS NULL OR fx_runs.phase = 'recorded')
       ORDER BY beyond.started_at, beyond.place LIMIT $limit`,
    )
    .all({ loopId, keep, limit });

/**
 * Deletes runs with all that Forge knows of them, but for what budgets need (`countedTimes`), and returns how many there
 * were.
 */
export const deleteRuns = (db: Db, ids: readonly RunId[], counted: string): number =>
  inTransaction(db, () => {
    const list = JSON.stringify(ids);
    for (const [table, time] of [
      ["fx_outcomes", "finished_at"],
      ["fx_reservations", "settled_at"],
    ] as const)
      db.query(
        `DELETE FROM ${table} WHERE run_id IN (SELECT value FROM json_each($list)) AND NOT ${countsNow(time)}`,
      ).run({ list, counted });
    db.query("DELETE FROM fx_runs WHERE run_id IN (SELECT value FROM json_each(?))").run(list);
    return db.query("DELETE FROM loop_runs WHERE id IN (SELECT value FROM json_each(?))").run(list).changes;
  });

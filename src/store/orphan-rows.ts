import type { RunId } from "../core/ids.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

/** Our tables that tell of loops, with the run that a row is about; the shared ones lose such rows with the loop. */
const TABLES = [
  { table: "fx_loops", run: "''" },
  { table: "fx_runs", run: "run_id" },
  { table: "fx_outcomes", run: "run_id" },
] as const;

/** Rows whose loop is gone, except those of runs that still live. */
const orphansOf = ({ table, run }: (typeof TABLES)[number]): string =>
  `FROM ${table} WHERE loop_id NOT IN (SELECT id FROM loops)
     AND ${run} NOT IN (SELECT value FROM json_each($live))`;

export function countOrphanRows(db: Db, liveRuns: readonly string[]): number {
  const live = JSON.stringify(liveRuns);
  const counts = TABLES.map(
    (source) =>
      db.query<{ n: number }, { live: string }>(`SELECT count(*) AS n ${orphansOf(source)}`).get({ live })
        ?.n ?? 0,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Deletes at most `limit` of them from each table and returns how many that were. */
export function deleteOrphanRows(db: Db, liveRuns: readonly string[], limit: number): number[] {
  const live = JSON.stringify(liveRuns);
  return inTransaction(db, () =>
    TABLES.map(
      (source) =>
        db
          .query(
            `DELETE FROM ${source.table} WHERE rowid IN (SELECT rowid ${orphansOf(source)} LIMIT $limit)`,
          )
          .run({ live, limit }).changes,
    ),
  );
}

/** The folders of runs whose loop is gone, except those that still live. */
export const listOrphanRunFolders = (db: Db, live: readonly string[]): string[] =>
  db
    .query<{ dir: string }, { live: string }>(
      `SELECT dir FROM fx_runs WHERE dir <> '' AND loop_id NOT IN (SELECT id FROM loops)
         AND run_id NOT IN (SELECT value FROM json_each($live)) ORDER BY rowid`,
    )
    .all({ live: JSON.stringify(live) })
    .map(({ dir }) => dir);

/** Whether anything is known of a run. */
export const isKnownRun = (db: Db, id: RunId): boolean =>
  db
    .query("SELECT 1 FROM fx_runs WHERE run_id = $id UNION SELECT 1 FROM loop_runs WHERE id = $id")
    .get({ id }) !== null;

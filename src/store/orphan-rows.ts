import type { RunId } from "../core/ids.ts";
import { countsNow } from "./counted-runs.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Our tables with what their rows are about, and the run where there is one; the shared tables lose such rows by themselves.
 */
const TABLES = [
  { table: "fx_loops", key: "loop_id", parent: "loops", run: "''" },
  { table: "fx_runs", key: "loop_id", parent: "loops", run: "run_id" },
  { table: "fx_outcomes", key: "run_id", parent: "loop_runs", run: "run_id", counts: "finished_at" },
  { table: "fx_reservations", key: "run_id", parent: "loop_runs", run: "run_id", counts: "settled_at" },
  { table: "fx_run_mail", key: "loop_id", parent: "loops", run: "run_id" },
  { table: "fx_profiles", key: "profile_id", parent: "profiles", run: "''" },
  { table: "fx_quota", key: "profile_id", parent: "profiles", run: "''" },
  { table: "fx_pools", key: "pool_id", parent: "pools", run: "''" },
] as const;

/** What keeps rows: runs that live, and times of which budgets count each run by itself (`countedTimes`). */
export interface Kept {
  readonly liveRuns: readonly string[];
  readonly counted: string;
}

/** Rows whose loop, run, profile or pool is gone, and that nothing keeps. */
const orphansOf = ({ table, key, parent, run, ...rest }: (typeof TABLES)[number]): string =>
  `FROM ${table} WHERE ${key} NOT IN (SELECT id FROM ${parent})
     AND ${run} NOT IN (SELECT value FROM json_each($live))
     AND ${"counts" in rest ? `NOT ${countsNow(rest.counts)}` : "$counted <> ''"}`;

export function countOrphanRows(db: Db, { liveRuns, counted }: Kept): number {
  const live = JSON.stringify(liveRuns);
  const counts = TABLES.map(
    (source) =>
      db
        .query<{ n: number }, { live: string; counted: string }>(`SELECT count(*) AS n ${orphansOf(source)}`)
        .get({ live, counted })?.n ?? 0,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Deletes at most `limit` of them from each table and returns how many that were. */
export function deleteOrphanRows(db: Db, { liveRuns, counted }: Kept, limit: number): number[] {
  const live = JSON.stringify(liveRuns);
  return inTransaction(db, () =>
    TABLES.map(
      (source) =>
        db
          .query(
            `DELETE FROM ${source.table} WHERE rowid IN (SELECT rowid ${orphansOf(source)} LIMIT $limit)`,
          )
          .run({ live, counted, limit }).changes,
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

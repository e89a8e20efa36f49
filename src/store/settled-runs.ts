import type { RunId } from "../core/ids.ts";
import type { Db } from "./database.ts";

/** Those of some runs of which nothing may be alive any more: their end is in the database. Unknown ids are not among them. */
export const settledRuns = (db: Db, ids: readonly string[]): RunId[] =>
  db
    .query<{ id: RunId }, [string]>(
      `SELECT value AS id FROM json_each(?)
       LEFT JOIN fx_runs ON fx_runs.run_id = value
       LEFT JOIN loop_runs ON loop_runs.id = value
       WHERE fx_runs.phase IN ('settled', 'recorded')
          OR (fx_runs.run_id IS NULL AND loop_runs.status <> 'running')`,
    )
    .all(JSON.stringify(ids))
    .map(({ id }) => id);

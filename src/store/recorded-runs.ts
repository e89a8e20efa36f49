import type { LoopId, RunId } from "../core/ids.ts";
import { readNumberColumn, readTextColumn } from "./columns.ts";
import type { Db } from "./database.ts";

/** A run of which nothing is left to do, and what it has left on disk. */
export interface RecordedRun {
  runId: RunId;
  /** Its folder, which may be gone. */
  dir?: string | undefined;
  outputBytes?: number | undefined;
}

/** The newest recorded runs of a loop, newest first. Costs the same however many there are. */
export const listRecordedRuns = (db: Db, loopId: LoopId, limit: number): RecordedRun[] =>
  db
    .query<{ run_id: RunId; dir: string | null; output_bytes: number | null }, [string, number]>(
      `SELECT run_id, dir, output_bytes FROM fx_runs WHERE loop_id = ? AND phase = 'recorded'
       ORDER BY rowid DESC LIMIT ?`,
    )
    .all(loopId, limit)
    .map(({ run_id, dir, output_bytes }) => ({
      runId: run_id,
      dir: readTextColumn(dir),
      outputBytes: readNumberColumn(output_bytes),
    }));

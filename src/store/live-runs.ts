import type { LoopId, RunId } from "../core/ids.ts";
import { type Instant, parseTime } from "../core/time.ts";
import { readNumberColumn, readTextColumn } from "./columns.ts";
import type { Db } from "./database.ts";

/** A run whose end nobody has seen. */
export interface LiveRun {
  runId: RunId;
  /** Undefined until the harness was started. */
  pid?: number | undefined;
  profileName?: string | undefined;
  startedAt?: Instant | undefined;
}

/** The run that a loop is at, if it is at one. Costs the same however many runs there were. */
export function findLiveRun(db: Db, loopId: LoopId): LiveRun | undefined {
  const row = db
    .query<{ run_id: RunId; pid: number | null; profile_name: string | null; started_at: string }, [string]>(
      `SELECT run_id, pid, profile_name, COALESCE(spawned_at, started_at) AS started_at
       FROM fx_runs JOIN loop_runs ON loop_runs.id = run_id
       WHERE fx_runs.loop_id = ? AND phase IN ('claimed', 'spawned') ORDER BY fx_runs.rowid DESC LIMIT 1`,
    )
    .get(loopId);
  if (!row) return undefined;
  return {
    runId: row.run_id,
    pid: readNumberColumn(row.pid),
    profileName: readTextColumn(row.profile_name),
    startedAt: parseTime(row.started_at),
  };
}

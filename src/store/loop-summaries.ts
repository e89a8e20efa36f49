import type { Loop } from "../core/loop.ts";
import type { LoopFilter } from "../core/selector.ts";
import type { Db } from "./database.ts";
import { type LoopRuntime, type LoopRuntimeRow, toLoopRuntime } from "./fx-loops.ts";
import { type LoopFilterParameters, loopFilterParameters, MATCHES_LOOP_FILTER } from "./loop-filter.ts";
import { LOOP_TIMES, type LoopRow, type LoopTimes, toLoop } from "./loop-rows.ts";

/** A loop with what listings show beside it. */
export interface LoopSummary {
  loop: Loop;
  /** Rows of `loop_runs`. */
  runs: number;
  /** Queue items that wait. */
  pending: number;
  profileName?: string | undefined;
  poolName?: string | undefined;
  /** Absent for loops that Forge never ran. */
  runtime?: LoopRuntime | undefined;
}

type SummaryRow = LoopRow &
  LoopTimes & {
    runs: number;
    pending: number;
    profile_name: string | null;
    pool_name: string | null;
  };

/** The loops that the filter leaves, oldest first, in two queries whatever their number. */
export function listLoopSummaries(db: Db, filter: LoopFilter = {}): LoopSummary[] {
  const parameters = loopFilterParameters(filter);
  const runtimes = new Map(readRuntimes(db, parameters).map((runtime) => [runtime.loopId, runtime]));
  return db
    .query<SummaryRow, LoopFilterParameters>(
      `SELECT loops.*, ${LOOP_TIMES}, profiles.name AS profile_name, pools.name AS pool_name,
         (SELECT count(*) FROM loop_runs WHERE loop_id = loops.id) AS runs,
         (SELECT count(*) FROM loop_queue_items WHERE loop_id = loops.id AND status = 'pending') AS pending
       FROM loops
       LEFT JOIN profiles ON profiles.id = loops.profile_id
       LEFT JOIN pools ON pools.id = loops.pool_id
       WHERE ${MATCHES_LOOP_FILTER}
       ORDER BY loops.created_at, loops.rowid`,
    )
    .all(parameters)
    .map((row) => ({
      loop: toLoop(row, row),
      runs: row.runs,
      pending: row.pending,
      profileName: row.profile_name ?? undefined,
      poolName: row.pool_name ?? undefined,
      runtime: runtimes.get(row.id),
    }));
}

const readRuntimes = (db: Db, parameters: LoopFilterParameters): LoopRuntime[] =>
  db
    .query<LoopRuntimeRow, LoopFilterParameters>(
      `SELECT fx_loops.* FROM fx_loops JOIN loops ON loops.id = fx_loops.loop_id WHERE ${MATCHES_LOOP_FILTER}`,
    )
    .all(parameters)
    .map(toLoopRuntime);

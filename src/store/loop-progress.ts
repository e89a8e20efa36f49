import type { LoopId } from "../core/ids.ts";
import { readLoopState } from "../core/loop.ts";
import type { LoopProgress } from "../core/loop-condition.ts";
import { readNumberColumn, readTextColumn } from "./columns.ts";
import type { Db } from "./database.ts";

/** How far a loop has come. */
export interface NamedLoopProgress extends LoopProgress {
  readonly id: LoopId;
  readonly name: string;
  readonly lastExitCode?: number | undefined;
  readonly lastError?: string | undefined;
}

interface ProgressRow {
  id: LoopId;
  name: string;
  state: string;
  last_exit_code: number | null;
  last_error: string | null;
  running: number;
  runs: number;
  pending: number;
}

/** Undefined when the loop is gone. */
export function findLoopProgress(db: Db, id: LoopId): NamedLoopProgress | undefined {
  const row = db
    .query<ProgressRow, [string]>(
      `SELECT id, name, state, last_exit_code, last_error,
         (SELECT count(*) FROM loop_runs WHERE loop_id = loops.id) AS runs,
         (SELECT count(*) FROM loop_runs WHERE loop_id = loops.id AND status = 'running') AS running,
         (SELECT count(*) FROM loop_queue_items WHERE loop_id = loops.id AND status = 'pending') AS pending
       FROM loops WHERE id = ?`,
    )
    .get(id);
  if (!row) return undefined;
  return {
    id: row.id,
    name: row.name,
    state: readLoopState(row.state),
    lastExitCode: readNumberColumn(row.last_exit_code),
    lastError: readTextColumn(row.last_error),
    running: row.running,
    recorded: row.runs - row.running,
    pending: row.pending,
  };
}

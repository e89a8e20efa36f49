import type { LoopId, RunId } from "../core/ids.ts";
import type { Db } from "./database.ts";

/** The folder of a run, as it was stored; it may be gone. */
export interface StoredRunFolder {
  readonly runId: RunId;
  readonly dir: string;
}

/** The folders of all runs of a loop. */
export const listRunFolders = (db: Db, loopId: LoopId): StoredRunFolder[] =>
  db
    .query<{ runId: RunId; dir: string }, [string]>(
      "SELECT run_id AS runId, dir FROM fx_runs WHERE loop_id = ? AND dir <> '' ORDER BY rowid",
    )
    .all(loopId);

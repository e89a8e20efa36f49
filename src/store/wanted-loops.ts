import type { Loop } from "../core/loop.ts";
import type { RunnerOwner } from "../core/loop-metadata.ts";
import type { Db } from "./database.ts";
import { type LoopRuntime, type LoopRuntimeRow, toLoopRuntime, type Wanted } from "./fx-loops.ts";
import { type LoopRow, toLoop } from "./loop-rows.ts";

/** A loop with what Forge alone has stored of it: by that it may have to run, whatever its row says now. */
export interface WantedLoop {
  readonly loop: Loop;
  readonly runtime: LoopRuntime;
}

/** The loops that are `wanted` so, oldest first. A machine that rests has none that are wanted running. */
export const listWantedLoops = (db: Db, wanted: Wanted): WantedLoop[] => listJoined(db, "wanted = ?", wanted);

/** Loops of an owner that have runs whose last step is not done. Costs one look into an index per loop. */
export const listLoopsWithUnfinishedRuns = (db: Db, owner: RunnerOwner): WantedLoop[] =>
  listJoined(
    db,
    `owner = ? AND EXISTS (SELECT 1 FROM fx_runs WHERE fx_runs.loop_id = fx_loops.loop_id
       AND phase IN ('claimed', 'spawned', 'exited', 'settled'))`,
    owner,
  );

const listJoined = (db: Db, condition: string, value: string): WantedLoop[] =>
  db
    .query<LoopRow & Omit<LoopRuntimeRow, "updated_at"> & { runtime_updated_at: string }, [string]>(
      `SELECT loops.*, fx_loops.loop_id, wanted, owner, instance_id, epoch, boot_id, wait_kind, wait_reason, wait_since,
         wait_until, consecutive_failures, no_progress, carry_json, limits_json, retry_json,
         fx_loops.updated_at AS runtime_updated_at
       FROM fx_loops JOIN loops ON loops.id = fx_loops.loop_id WHERE ${condition} ORDER BY loops.created_at, loops.id`,
    )
    .all(value)
    .map((row) => ({
      loop: toLoop(row),
      runtime: toLoopRuntime({ ...row, updated_at: row.runtime_updated_at }),
    }));

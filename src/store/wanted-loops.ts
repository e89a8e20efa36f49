import type { Loop } from "../core/loop.ts";
import type { Db } from "./database.ts";
import { type LoopRuntime, type LoopRuntimeRow, toLoopRuntime } from "./fx-loops.ts";
import { type LoopRow, toLoop } from "./loop-rows.ts";

/** A loop that shall run by what Forge has stored, whatever its row says now. */
export interface WantedLoop {
  readonly loop: Loop;
  readonly runtime: LoopRuntime;
}

/** The loops that are `wanted` so, oldest first. A machine that rests has none that are wanted running. */
export function listWantedLoops(db: Db, wanted: LoopRuntime["wanted"]): WantedLoop[] {
  return db
    .query<LoopRow & Omit<LoopRuntimeRow, "updated_at"> & { runtime_updated_at: string }, [string]>(
      `SELECT loops.*, fx_loops.loop_id, wanted, owner, instance_id, epoch, boot_id, wait_kind, wait_reason, wait_since,
         wait_until, consecutive_failures, no_progress, carry_json, limits_json, retry_json,
         fx_loops.updated_at AS runtime_updated_at
       FROM fx_loops JOIN loops ON loops.id = fx_loops.loop_id WHERE wanted = ? ORDER BY loops.created_at, loops.id`,
    )
    .all(wanted)
    .map((row) => ({
      loop: toLoop(row),
      runtime: toLoopRuntime({ ...row, updated_at: row.runtime_updated_at }),
    }));
}

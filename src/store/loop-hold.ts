import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { Db } from "./database.ts";
import { type LoopRow, toLoop } from "./loop-rows.ts";

/** Who has a loop, as far as a writer with this epoch is concerned. */
export type LoopHold = "held" | "superseded" | "gone";

/** Whether a loop is there and belongs to this epoch. One look at two keys. */
export function loopHold(db: Db, loopId: LoopId, epoch: number): LoopHold {
  const row = db
    .query<{ epoch: number | null }, [string]>(
      "SELECT (SELECT epoch FROM fx_loops WHERE loop_id = loops.id) AS epoch FROM loops WHERE id = ?",
    )
    .get(loopId);
  if (!row) return "gone";
  return row.epoch === epoch ? "held" : "superseded";
}

/** The loop as it is now, if it belongs to this epoch. */
export function findHeldLoop(db: Db, loopId: LoopId, epoch: number): Loop | Exclude<LoopHold, "held"> {
  const row = db
    .query<LoopRow & { epoch: number | null }, [string]>(
      "SELECT loops.*, (SELECT epoch FROM fx_loops WHERE loop_id = loops.id) AS epoch FROM loops WHERE id = ?",
    )
    .get(loopId);
  if (!row) return "gone";
  return row.epoch === epoch ? toLoop(row) : "superseded";
}

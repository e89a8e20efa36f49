import type { LoopId } from "../core/ids.ts";
import type { Db } from "./database.ts";

/** Whether a loop is there, and who owns it as far as a writer with this epoch is concerned. One look at two keys. */
export function loopHold(db: Db, loopId: LoopId, epoch: number): "held" | "superseded" | "gone" {
  const row = db
    .query<{ epoch: number | null }, [string]>(
      "SELECT (SELECT epoch FROM fx_loops WHERE loop_id = loops.id) AS epoch FROM loops WHERE id = ?",
    )
    .get(loopId);
  if (!row) return "gone";
  return row.epoch === epoch ? "held" : "superseded";
}

import type { LoopId } from "../core/ids.ts";
import { readStallState, type StallState, stallStateJson } from "../core/stall-state.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { findLoopRuntime, patchLoopRuntime } from "./fx-loops.ts";
import { inTransaction } from "./transaction.ts";

export const stallStateOf = (db: Db, loopId: LoopId): StallState =>
  readStallState(findLoopRuntime(db, loopId)?.retry);

/** Changes some of it while `epoch` is the loop's; nothing is written where nothing changes. */
export function changeStallState(
  db: Db,
  loopId: LoopId,
  changes: StallState,
  { now, epoch }: { readonly now: Instant; readonly epoch: number },
): void {
  inTransaction(db, () => {
    const before = stallStateOf(db, loopId);
    const after = { ...before, ...changes };
    if (after.stalled === before.stalled && after.quietSince === before.quietSince) return;
    patchLoopRuntime(db, loopId, { retry: stallStateJson(after) }, now, { epoch });
  });
}

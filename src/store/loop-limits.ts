import type { LoopId } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { findLoopRuntime, patchLoopRuntime } from "./fx-loops.ts";
import { inTransaction } from "./transaction.ts";

/** Changes keys of a loop's `limits_json`: an undefined value takes its key out, all other keys stay as they are. */
export function changeLoopLimits(db: Db, loopId: LoopId, changes: JsonObject, now: Instant): void {
  inTransaction(db, () => {
    const before = findLoopRuntime(db, loopId)?.limits;
    // Keys without a value go when the object becomes text.
    const limits: JsonObject = JSON.parse(JSON.stringify({ ...before, ...changes }));
    // Loops that Forge has not run yet, and that need none, get no row.
    if (before === undefined && Object.keys(limits).length === 0) return;
    patchLoopRuntime(db, loopId, { limits }, now);
  });
}

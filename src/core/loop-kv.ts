import type { LoopId } from "./ids.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

/** One remembered value of a loop: a row of `loop_kv`. */
export interface LoopKv {
  id: string;
  loopId: LoopId;
  /** Unique in its loop. */
  key: string;
  value: string;
  createdAt: Instant;
  updatedAt: Instant;
}

/** A remembered value as it is printed (spec/40 section 3). */
export const loopKvJson = (kv: LoopKv) => ({
  id: kv.id,
  loop_id: kv.loopId,
  key: kv.key,
  value: kv.value,
  created_at: formatTime(kv.createdAt),
  updated_at: formatTime(kv.updatedAt),
});

/** Throws `invalid loop kv: ...` (spec/40 section 5). White space is a value like any other. */
export function validateLoopKv(kv: Pick<LoopKv, "loopId" | "key" | "value">): void {
  new ValidationErrors()
    .require(kv.loopId, "loop_id", "loop_id is required")
    .require(kv.key, "key", "key is required")
    .check(kv.value !== "", "value", "value is required")
    .throwIfAny("loop kv");
}

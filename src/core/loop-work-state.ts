import type { LoopId } from "./ids.ts";
import { omitEmpty } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

/** What a loop works on: a row of `loop_work_state`, at most one of a loop is current. */
export interface LoopWorkState {
  id: string;
  loopId: LoopId;
  agentId: string;
  /** Unique in its loop. */
  taskId: string;
  /** Free text; `in_progress` when none was given. */
  status: string;
  detail?: string | undefined;
  loopIteration: number;
  isCurrent: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

/** A work state as it is printed (spec/40 section 3). */
export const loopWorkStateJson = (state: LoopWorkState) => ({
  id: state.id,
  loop_id: state.loopId,
  agent_id: state.agentId,
  task_id: state.taskId,
  status: state.status,
  detail: omitEmpty(state.detail),
  loop_iteration: state.loopIteration,
  is_current: state.isCurrent,
  created_at: formatTime(state.createdAt),
  updated_at: formatTime(state.updatedAt),
});

type ValidatedWorkState = Pick<LoopWorkState, "loopId" | "agentId" | "taskId" | "status">;

/** Throws `invalid loop work state: ...` (spec/40 section 5). */
export function validateLoopWorkState(state: ValidatedWorkState): void {
  new ValidationErrors()
    .require(state.loopId, "loop_id", "loop_id is required")
    .require(state.agentId, "agent_id", "agent_id is required")
    .require(state.taskId, "task_id", "task_id is required")
    .require(state.status, "status", "status is required")
    .throwIfAny("loop work state");
}

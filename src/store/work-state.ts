import { invalid, notFound } from "../core/errors.ts";
import { type LoopId, newId } from "../core/ids.ts";
import { type LoopWorkState, validateLoopWorkState } from "../core/loop-work-state.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { readRequiredTime, readTextColumn, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

interface WorkStateRow {
  id: string;
  loop_id: LoopId;
  agent_id: string;
  task_id: string;
  status: string;
  detail: string | null;
  loop_iteration: number;
  is_current: number;
  created_at: string;
  updated_at: string;
}

const toWorkState = (row: WorkStateRow): LoopWorkState => ({
  id: row.id,
  loopId: row.loop_id,
  agentId: row.agent_id,
  taskId: row.task_id,
  status: row.status,
  detail: readTextColumn(row.detail),
  loopIteration: row.loop_iteration,
  isCurrent: row.is_current === 1,
  createdAt: readRequiredTime(row.created_at),
  updatedAt: readRequiredTime(row.updated_at),
});

const DEFAULT_LIMIT = 200;
const CURRENT_FIRST = "ORDER BY is_current DESC, updated_at DESC, id DESC";

export interface WorkStateDraft {
  loopId: LoopId;
  agentId: string;
  taskId: string;
  /** Blank is `in_progress`. */
  status?: string | undefined;
  detail?: string | undefined;
  loopIteration: number;
}

/** Makes a task the one that the loop works on. Throws `invalid loop work state: ...`. */
export function setCurrentWork(db: Db, draft: WorkStateDraft, now: Instant): LoopWorkState {
  const state = {
    // Trimming keeps the brand only in a cast; the value is the same id.
    loopId: draft.loopId.trim() as LoopId,
    agentId: draft.agentId.trim(),
    taskId: draft.taskId.trim(),
    status: draft.status?.trim() || "in_progress",
  };
  validateLoopWorkState(state);
  return inTransaction(db, () => {
    unmarkCurrent(db, state.loopId, state.taskId);
    db.query(
      `INSERT INTO loop_work_state (id, loop_id, agent_id, task_id, status, detail, loop_iteration, is_current,
         created_at, updated_at)
       VALUES ($id, $loopId, $agentId, $taskId, $status, $detail, $loopIteration, 1, $now, $now)
       ON CONFLICT (loop_id, task_id) DO UPDATE SET agent_id = $agentId, status = $status, detail = $detail,
         loop_iteration = $loopIteration, is_current = 1, updated_at = $now`,
    ).run({
      id: newId<string>(),
      ...state,
      detail: textOrNull(draft.detail),
      loopIteration: draft.loopIteration,
      now: formatTime(now),
    });
    return getCurrentWork(db, state.loopId);
  });
}

/** No task is current any more; the rows stay. Throws `loop_id is required`. */
export function clearCurrentWork(db: Db, loopId: LoopId): void {
  if (loopId.trim() === "") throw invalid("loop_id is required");
  inTransaction(db, () => unmarkCurrent(db, loopId, ""));
}

function unmarkCurrent(db: Db, loopId: string, exceptTaskId: string): void {
  db.query(
    "UPDATE loop_work_state SET is_current = 0 WHERE loop_id = ? AND is_current <> 0 AND task_id <> ?",
  ).run(loopId, exceptTaskId);
}

export function findCurrentWork(db: Db, loopId: LoopId): LoopWorkState | undefined {
  const row = db
    .query<WorkStateRow, [string]>(
      `SELECT * FROM loop_work_state WHERE loop_id = ? AND is_current = 1
       ORDER BY updated_at DESC, id DESC LIMIT 1`,
    )
    .get(loopId);
  return row ? toWorkState(row) : undefined;
}

/** Throws `loop work state not found`. */
export function getCurrentWork(db: Db, loopId: LoopId): LoopWorkState {
  const state = findCurrentWork(db, loopId);
  if (!state) throw notFound("loop work state not found");
  return state;
}

/** The tasks of a loop, the current one first, then the newest. A limit of 0 or less is 200. */
export const listWork = (db: Db, loopId: LoopId, limit = DEFAULT_LIMIT): LoopWorkState[] =>
  db
    .query<WorkStateRow, [string, number]>(
      `SELECT * FROM loop_work_state WHERE loop_id = ? ${CURRENT_FIRST} LIMIT ?`,
    )
    .all(loopId, limit > 0 ? limit : DEFAULT_LIMIT)
    .map(toWorkState);

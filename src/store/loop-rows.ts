import type { LoopId, PoolId, ProfileId } from "../core/ids.ts";
import { type Loop, readLoopState } from "../core/loop.ts";
import { formatTime, parseTime } from "../core/time.ts";
import {
  type ColumnValue,
  jsonOrNull,
  numberOrNull,
  readNumberColumn,
  readObjectColumn,
  readRequiredTime,
  readTextColumn,
  readTextList,
  textOrNull,
  timeOrNull,
} from "./columns.ts";

/** A row of `loops` as SQLite gives it. */
export interface LoopRow {
  id: LoopId;
  short_id: string | null;
  name: string;
  repo_path: string;
  base_prompt_path: string | null;
  base_prompt_msg: string | null;
  interval_seconds: number;
  max_iterations: number;
  max_runtime_seconds: number;
  pool_id: PoolId | null;
  profile_id: ProfileId | null;
  state: string;
  last_run_at: string | null;
  last_exit_code: number | null;
  last_error: string | null;
  log_path: string | null;
  ledger_path: string | null;
  tags_json: string | null;
  metadata_json: string | null;
  created_at: string;
  updated_at: string;
}

/** The times of a row where SQLite has read them; in milliseconds, null for what is absent or unreadable. */
export interface LoopTimes {
  last_run_ms: number | null;
  created_ms: number | null;
  updated_ms: number | null;
}

/** Selects `LoopTimes`: for listings, because reading hundreds of times right after the start is slow in JavaScript. */
export const LOOP_TIMES = `
  unixepoch(loops.last_run_at) * 1000 AS last_run_ms,
  unixepoch(loops.created_at) * 1000 AS created_ms,
  unixepoch(loops.updated_at) * 1000 AS updated_ms`;

const readTimes = (row: LoopRow): LoopTimes => ({
  last_run_ms: parseTime(row.last_run_at) ?? null,
  created_ms: readRequiredTime(row.created_at),
  updated_ms: readRequiredTime(row.updated_at),
});

export const toLoop = (row: LoopRow, times: LoopTimes = readTimes(row)): Loop => ({
  id: row.id,
  shortId: row.short_id ?? "",
  name: row.name,
  repoPath: row.repo_path,
  basePromptPath: readTextColumn(row.base_prompt_path),
  basePromptMsg: readTextColumn(row.base_prompt_msg),
  intervalSeconds: row.interval_seconds,
  maxIterations: row.max_iterations,
  maxRuntimeSeconds: row.max_runtime_seconds,
  poolId: readTextColumn(row.pool_id),
  profileId: readTextColumn(row.profile_id),
  state: readLoopState(row.state),
  lastRunAt: times.last_run_ms ?? undefined,
  lastExitCode: readNumberColumn(row.last_exit_code),
  lastError: readTextColumn(row.last_error),
  logPath: readTextColumn(row.log_path),
  ledgerPath: readTextColumn(row.ledger_path),
  tags: readTextList(row.tags_json),
  metadata: readObjectColumn(row.metadata_json),
  createdAt: times.created_ms ?? 0,
  updatedAt: times.updated_ms ?? 0,
});

/** Every column but the id and the times of the row itself. */
export const toLoopColumns = (loop: Loop): Record<string, ColumnValue> => ({
  short_id: loop.shortId,
  name: loop.name,
  repo_path: loop.repoPath,
  base_prompt_path: textOrNull(loop.basePromptPath),
  base_prompt_msg: textOrNull(loop.basePromptMsg),
  interval_seconds: loop.intervalSeconds,
  max_iterations: loop.maxIterations,
  max_runtime_seconds: loop.maxRuntimeSeconds,
  pool_id: textOrNull(loop.poolId),
  profile_id: textOrNull(loop.profileId),
  state: loop.state,
  last_run_at: timeOrNull(loop.lastRunAt),
  last_exit_code: numberOrNull(loop.lastExitCode),
  last_error: textOrNull(loop.lastError),
  log_path: textOrNull(loop.logPath),
  ledger_path: textOrNull(loop.ledgerPath),
  tags_json: jsonOrNull(loop.tags),
  // An empty object is kept, unlike elsewhere.
  metadata_json: loop.metadata === undefined ? null : JSON.stringify(loop.metadata),
});

export const toNewLoopColumns = (loop: Loop): Record<string, ColumnValue> => ({
  id: loop.id,
  ...toLoopColumns(loop),
  created_at: formatTime(loop.createdAt),
  updated_at: formatTime(loop.updatedAt),
});

import { enumParser, enumReader, isOneOf } from "./enum.ts";
import { invalid } from "./errors.ts";
import { isShortId, type LoopId, type PoolId, type ProfileId, shownShortId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { LOOP_STATES, type LoopState } from "./loop-state.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export type { LoopState } from "./loop-state.ts";

/** Throws `invalid loop state: <text>`. */
export const parseLoopState = enumParser(LOOP_STATES, (text) => `invalid loop state: ${text}`);

/** The state in a row; one that we do not know counts as stopped. */
export const readLoopState = enumReader(LOOP_STATES, "stopped");

/** One row of `loops` (spec/10 section 1.1). Optional texts are undefined, never empty. */
export interface Loop {
  id: LoopId;
  /** 6-9 letters and digits; empty in rows of other implementations that never had one. */
  shortId: string;
  name: string;
  /** Absolute. */
  repoPath: string;
  basePromptPath?: string | undefined;
  basePromptMsg?: string | undefined;
  intervalSeconds: number;
  /** 0 = no limit. */
  maxIterations: number;
  /** 0 = no limit. */
  maxRuntimeSeconds: number;
  poolId?: PoolId | undefined;
  profileId?: ProfileId | undefined;
  state: LoopState;
  lastRunAt?: Instant | undefined;
  lastExitCode?: number | undefined;
  /** Also carries stop reasons (spec/10 section 4.2). */
  lastError?: string | undefined;
  logPath?: string | undefined;
  ledgerPath?: string | undefined;
  tags: string[];
  /** Parsed `metadata_json`; unknown keys survive every update. Undefined when the column is null. */
  metadata?: Record<string, unknown> | undefined;
  createdAt: Instant;
  updatedAt: Instant;
}

/** A loop as the model prints it (spec/40 section 3). */
export const loopJson = (loop: Loop) => fields(loop, { forVerbs: false });

/** A loop as `up`, `ps` and the other verbs print it: a superset of the model (spec/20 section 7.2). */
export const loopVerbJson = (loop: Loop) => fields(loop, { forVerbs: true });

function fields(loop: Loop, { forVerbs }: { forVerbs: boolean }) {
  const unset = forVerbs ? "" : undefined;
  const lastRunAt = optionalTime(loop.lastRunAt);
  return {
    id: loop.id,
    short_id: shownShortId(loop.shortId, loop.id),
    name: loop.name,
    repo_path: loop.repoPath,
    base_prompt_path: omitEmpty(loop.basePromptPath),
    base_prompt_msg: omitEmpty(loop.basePromptMsg),
    interval_seconds: loop.intervalSeconds,
    max_iterations: omitEmpty(loop.maxIterations),
    max_runtime_seconds: omitEmpty(loop.maxRuntimeSeconds),
    pool_id: omitEmpty(loop.poolId) ?? unset,
    profile_id: omitEmpty(loop.profileId) ?? unset,
    state: loop.state,
    last_run_at: lastRunAt,
    last_run: forVerbs ? lastRunAt : undefined,
    last_exit_code: loop.lastExitCode,
    last_error: omitEmpty(loop.lastError),
    log_path: omitEmpty(loop.logPath),
    ledger_path: omitEmpty(loop.ledgerPath),
    tags: omitEmpty(loop.tags),
    metadata: omitEmpty(loop.metadata),
    created_at: formatTime(loop.createdAt),
    updated_at: formatTime(loop.updatedAt),
  };
}

type ValidatedLoop = Pick<
  Loop,
  "name" | "repoPath" | "shortId" | "intervalSeconds" | "maxIterations" | "maxRuntimeSeconds" | "state"
>;

/** Throws `invalid loop: ...` with everything that is wrong with a loop that is to be stored (spec/40 section 5). */
export function validateLoop(loop: ValidatedLoop): void {
  new ValidationErrors()
    .require(loop.name, "name", "loop name is required")
    .require(loop.repoPath, "repo_path", "loop repo path is required")
    .check(isShortId(loop.shortId), "short_id", "loop short ID must be 6-9 alphanumeric characters")
    .check(loop.intervalSeconds >= 0, "interval_seconds", "interval_seconds must be >= 0")
    .check(loop.maxIterations >= 0, "max_iterations", "max_iterations must be >= 0")
    .check(loop.maxRuntimeSeconds >= 0, "max_runtime_seconds", "max_runtime_seconds must be >= 0")
    .throwIfAny("loop");
  if (!isOneOf(LOOP_STATES, loop.state)) throw invalid("invalid loop: invalid loop state");
}

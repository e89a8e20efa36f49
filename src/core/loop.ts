import type { LoopId, PoolId, ProfileId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const LOOP_STATES = ["running", "sleeping", "waiting", "stopped", "error"] as const;
export type LoopState = (typeof LOOP_STATES)[number];

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

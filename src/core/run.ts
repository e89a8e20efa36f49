import type { LoopId, ProfileId, RunId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const RUN_STATUSES = ["running", "success", "error", "killed"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const PROMPT_SOURCES = ["base", "override", "qual_stop"] as const;
export type PromptSource = (typeof PROMPT_SOURCES)[number];

/** One row of `loop_runs`: one execution of a harness (spec/10 section 1.2). */
export interface LoopRun {
  id: RunId;
  loopId: LoopId;
  profileId?: ProfileId | undefined;
  status: RunStatus;
  /** `base`, `override` or `qual_stop`; free text in rows of others. */
  promptSource?: string | undefined;
  /** The source file of the prompt, never the rendered copy. */
  promptPath?: string | undefined;
  promptOverride: boolean;
  startedAt: Instant;
  finishedAt?: Instant | undefined;
  exitCode?: number | undefined;
  outputTail?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
}

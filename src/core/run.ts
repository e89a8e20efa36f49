import { enumParser, enumReader } from "./enum.ts";
import type { LoopId, ProfileId, RunId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";

export const RUN_STATUSES = ["running", "success", "error", "killed"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Throws `invalid loop run status: <text>`. */
export const parseRunStatus = enumParser(RUN_STATUSES, (text) => `invalid loop run status: ${text}`);

/** The status in a row; one that we do not know counts as running. */
export const readRunStatus = enumReader(RUN_STATUSES, "running");

/** A normal iteration, or one that asks a judge whether to stop (spec/10 section 9.2). */
export const RUN_KINDS = ["main", "qual_stop"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

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

/** The kind of a run, from its metadata; a run without one is a normal iteration. */
export const runKind = (run: Pick<LoopRun, "metadata">): RunKind =>
  run.metadata?.kind === "qual_stop" ? "qual_stop" : "main";

/** A run as the model prints it (spec/40 section 3). */
export const loopRunJson = (run: LoopRun) => ({
  id: run.id,
  loop_id: run.loopId,
  profile_id: omitEmpty(run.profileId),
  status: run.status,
  prompt_source: omitEmpty(run.promptSource),
  prompt_path: omitEmpty(run.promptPath),
  prompt_override: run.promptOverride,
  started_at: formatTime(run.startedAt),
  finished_at: optionalTime(run.finishedAt),
  exit_code: run.exitCode,
  output_tail: omitEmpty(run.outputTail),
  metadata: omitEmpty(run.metadata),
});

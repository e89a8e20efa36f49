import type { RecordedVerdict } from "./agent-verdict.ts";
import type { Milliseconds } from "./duration.ts";
import { isOneOf } from "./enum.ts";
import { ForgeError, invalid, notFound } from "./errors.ts";
import type { RunId } from "./ids.ts";
import { omitEmpty } from "./json.ts";
import { OUTCOMES, type Outcome, type OutcomeRecord, toDollars } from "./outcome.ts";
import { shownHarness } from "./profile.ts";
import { type LoopRun, loopRunJson } from "./run.ts";
import { formatTimeMillis, type Instant } from "./time.ts";

/** A run with all that is known of it (spec/15 section 8). */
export interface RunReport {
  readonly run: LoopRun;
  readonly loopName: string;
  readonly profileName?: string | undefined;
  /** As stored; undefined where nobody knows it. */
  readonly harness?: string | undefined;
  /** Undefined for runs of other implementations and for those that go on. */
  readonly outcome?: OutcomeRecord | undefined;
  /** What its agent has said, also while it goes on. */
  readonly verdict?: RecordedVerdict | undefined;
}

/** How long a run took, or has taken so far. */
export const runDuration = ({ run, outcome }: RunReport, now: Instant): Milliseconds =>
  outcome?.durationMs ?? Math.max(0, (run.finishedAt ?? now) - run.startedAt);

/** The run object of `forge runs --json`; what is not known is left out. */
export function runReportJson(report: RunReport, now: Instant) {
  const { run, loopName, profileName, harness, outcome, verdict } = report;
  const tokens = outcome?.tokens;
  return {
    ...loopRunJson(run),
    loop_name: loopName,
    profile_name: omitEmpty(profileName),
    harness: harness === undefined ? undefined : shownHarness(harness),
    outcome: outcome?.outcome,
    reason: outcome?.reason,
    reset_at: outcome?.resetAt === undefined ? undefined : formatTimeMillis(outcome.resetAt),
    session_id: outcome?.sessionId,
    model: outcome?.model,
    usage: tokens && {
      input_tokens: tokens.input,
      output_tokens: tokens.output,
      cache_read_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheWrite,
      reasoning_tokens: tokens.reasoning,
    },
    cost_usd: outcome?.costMicros === undefined ? undefined : toDollars(outcome.costMicros),
    estimated: outcome?.costMicros === undefined ? undefined : outcome.costSource === "priced",
    duration_ms: runDuration(report, now),
    first_output_ms: outcome?.firstOutputMs,
    verdict: verdict?.verdict,
    verdict_reason: verdict?.reason,
  };
}

/** `a,b` as outcomes. Throws `invalid outcome "x" (valid: ...)`. */
export const parseOutcomes = (words: readonly string[]): Outcome[] =>
  words.map((word) => {
    if (isOneOf(OUTCOMES, word)) return word;
    throw invalid(`invalid outcome ${JSON.stringify(word)} (valid: ${OUTCOMES.join(", ")})`);
  });

/** Characters that a prefix of a run's id must have at least. */
const SHORTEST_RUN_PREFIX = 4;

/**
 * The run that a reference means among those whose id begins so. Throws `run not found: <id>` and
 * `run '<p>' is ambiguous; matches: ...`.
 */
export function chosenRun(reference: string, matches: readonly RunId[]): RunId {
  const exact = matches.find((id) => id === reference);
  if (exact) return exact;
  const [match, another] = reference.length < SHORTEST_RUN_PREFIX ? [] : matches;
  if (match === undefined) throw notFound(`run not found: ${reference}`, { hint: "forge runs" });
  if (another === undefined) return match;
  throw new ForgeError("ambiguous", `run '${reference}' is ambiguous; matches: ${matches.join(", ")}`);
}

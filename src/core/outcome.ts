import type { Milliseconds } from "./duration.ts";
import { enumReader } from "./enum.ts";
import type { LoopId, ProfileId, RunId } from "./ids.ts";
import type { ToldQuota } from "./quota.ts";
import type { Instant } from "./time.ts";

/** The one class of a run (spec/15 section 2.1). */
export const OUTCOMES = [
  "ok",
  "failed",
  "rate_limited",
  "quota_spent",
  "auth",
  "context",
  "permission",
  "transient",
  "stalled",
  "timeout",
  "killed",
  "crashed",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The outcome in a row; one that we do not know counts as failed. */
export const readOutcome = enumReader(OUTCOMES, "failed");

/** Outcomes that say nothing about the work: the profile could not do it, so that another one, or a later time, has to. */
const STOPS_PROFILE: readonly Outcome[] = ["rate_limited", "quota_spent", "auth"];

/** Whether the work of a run is to be done again elsewhere: such a run is no iteration and consumes nothing. */
export const stopsProfile = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && STOPS_PROFILE.includes(outcome);

/** Outcomes that cannot be unless the provider has done its part. */
const ANSWERED: readonly Outcome[] = ["ok", "failed", "context", "permission"];

/** Whether a run with this outcome shows that its profile is at no limit. */
export const hasAnswer = (outcome: Outcome): boolean => ANSWERED.includes(outcome);

/** Outcomes that are nobody's fault, least of all the agent's (spec/15 section 2.1). */
const NO_FAILURE: readonly Outcome[] = ["ok", "killed", ...STOPS_PROFILE];

/** Whether a run counts as a failure: for the back-off, and for stopping after failures. */
export const isFailure = (outcome: Outcome): boolean => !NO_FAILURE.includes(outcome);

export const COST_SOURCES = ["reported", "priced", "none"] as const;
/** Who says what a run cost: the agent CLI, our table of prices, or nobody. */
export type CostSource = (typeof COST_SOURCES)[number];

/** Tokens of a run; no token is in two of the counts `input`, `output`, `cacheRead` and `cacheWrite`. */
export interface TokenCounts {
  /** Neither read from a cache nor written to one. */
  readonly input: number;
  /** Reasoning included. */
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Part of `output`. */
  readonly reasoning: number;
}

/** What an outcome rests on. */
export interface Evidence {
  /** Number of the rule of spec/15 section 2.2 that decided. */
  readonly rule: number;
  /** As the shell gave it; undefined when nobody saw it. */
  readonly exit?: number | undefined;
  readonly http?: number | undefined;
  readonly resetSource?: string | undefined;
  /** Lines of the output that were too long to be read. */
  readonly skippedLines?: number | undefined;
  /** At most three lines of the output, cut and without secrets, with the byte at which they start. */
  readonly lines: readonly { readonly offset: number; readonly text: string }[];
}

export const evidenceJson = (evidence: Evidence) => ({
  rule: evidence.rule,
  exit: evidence.exit,
  http: evidence.http,
  reset_source: evidence.resetSource,
  skipped_lines: evidence.skippedLines || undefined,
  lines: evidence.lines,
});

const MICROS = 1_000_000;

/** Money is stored as whole millionths of a dollar. */
export const toMicros = (dollars: number): number => Math.round(dollars * MICROS);

export const toDollars = (micros: number): number => micros / MICROS;

/** `$0.0043` below one dollar, `$12.34` from one dollar on. */
export const formatCost = (micros: number): string =>
  `$${toDollars(micros).toFixed(micros < MICROS ? 4 : 2)}`;

/** An amount of money; `~` before one that holds an estimate. */
export const costFigure = (micros: number, isEstimate: boolean): string =>
  `${isEstimate ? "~" : ""}${formatCost(micros)}`;

/** What the end of a run tells about it (spec/15 sections 1 and 2); unknown parts are undefined. */
export interface OutcomeDraft {
  readonly outcome: Outcome;
  /** One line. */
  readonly reason?: string | undefined;
  /** When the limit ends that the run met. */
  readonly resetAt?: Instant | undefined;
  readonly sessionId?: string | undefined;
  readonly model?: string | undefined;
  /** Version of the agent CLI. */
  readonly cliVersion?: string | undefined;
  readonly tokens?: TokenCounts | undefined;
  readonly costMicros?: number | undefined;
  readonly costSource: CostSource;
  readonly turns?: number | undefined;
  readonly evidence: Evidence;
}

/** An outcome as the output tells it, before it is charged to its run. */
export interface ToldOutcome extends OutcomeDraft {
  /** Whether tokens and cost are those of the whole session, which may have begun in an earlier run. */
  readonly isSessionTotal: boolean;
  /** What it told of the limits of its profile. */
  readonly quota: readonly ToldQuota[];
}

/** What became of one run: a row of `fx_outcomes`. */
export interface OutcomeRecord extends OutcomeDraft {
  readonly runId: RunId;
  readonly loopId?: LoopId | undefined;
  readonly profileId?: ProfileId | undefined;
  readonly durationMs?: Milliseconds | undefined;
  /** From the start to the first byte of output. */
  readonly firstOutputMs?: Milliseconds | undefined;
  readonly finishedAt: Instant;
}

/** `rate_limited (five_hour)`: an outcome with its reason, as people read it. */
export const outcomeText = ({ outcome, reason }: Pick<OutcomeDraft, "outcome" | "reason">): string =>
  reason === undefined ? outcome : `${outcome} (${reason})`;

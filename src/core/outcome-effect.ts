import type { Milliseconds } from "./duration.ts";
import { hasAnswer, type OutcomeDraft } from "./outcome.ts";
import type { CooldownSource, ParkedKind, ProfileStanding } from "./profile-standing.ts";
import type { Instant } from "./time.ts";

/** Durations of the configuration (spec/15 section 10). */
export interface LimitRules {
  /** After a limit without a reset time. */
  readonly defaultCooldown: Milliseconds;
  readonly maxCooldown: Milliseconds;
}

/** What the end of a run does to its profile (spec/15 sections 2.1 and 2.3). */
export type OutcomeEffect = Counters &
  (
    | { readonly kind: "none" }
    | {
        readonly kind: "cool";
        readonly until: Instant;
        readonly source: CooldownSource;
        readonly reason: string;
      }
    | { readonly kind: "park"; readonly parkedKind: ParkedKind; readonly reason?: string | undefined }
  );

interface Counters {
  readonly limitsInRow: number;
  readonly transientsInRow: number;
}

/** The longest cooldown of a limit that names no reset, unless the configured one is longer. */
const LONGEST_DEFAULT_MS = 3_600_000;
const FIRST_TRANSIENT_MS = 30_000;
const LONGEST_TRANSIENT_MS = 10 * 60_000;
/** One failure of a provider may be chance. */
const FREE_TRANSIENTS = 1;

export interface EndedRun extends Pick<OutcomeDraft, "outcome" | "reason" | "resetAt"> {
  /** Whether the profile began to cool down while the run went on: runs side by side meet one limit together. */
  readonly metKnownLimit: boolean;
}

export function effectOf(
  run: EndedRun,
  { limitsInRow, transientsInRow }: ProfileStanding,
  rules: LimitRules,
  now: Instant,
): OutcomeEffect {
  const { outcome, reason } = run;
  if (hasAnswer(outcome)) return { kind: "none", limitsInRow: 0, transientsInRow: 0 };
  switch (outcome) {
    case "rate_limited":
      return limited(run, run.metKnownLimit ? limitsInRow : limitsInRow + 1, rules, now);
    case "quota_spent":
    case "auth":
      return { kind: "park", parkedKind: outcome, reason, limitsInRow, transientsInRow: 0 };
    case "transient":
      return transient(run, { limitsInRow, transientsInRow: transientsInRow + 1 }, rules, now);
    default:
      return { kind: "none", limitsInRow, transientsInRow };
  }
}

function limited(
  { reason = "rate limit", resetAt, metKnownLimit }: EndedRun,
  limitsInRow: number,
  { defaultCooldown, maxCooldown }: LimitRules,
  now: Instant,
): OutcomeEffect {
  const counters = { limitsInRow, transientsInRow: 0 };
  const latest = now + maxCooldown;
  if (resetAt !== undefined)
    return { kind: "cool", until: Math.min(resetAt, latest), source: "reported", reason, ...counters };
  if (metKnownLimit) return { kind: "none", ...counters };
  const cap = Math.max(LONGEST_DEFAULT_MS, defaultCooldown);
  const rest = Math.min(defaultCooldown * 2 ** (limitsInRow - 1), cap);
  return { kind: "cool", until: Math.min(now + rest, latest), source: "default", reason, ...counters };
}

function transient(
  { reason = "transient", metKnownLimit }: EndedRun,
  counters: Counters,
  { maxCooldown }: LimitRules,
  now: Instant,
): OutcomeEffect {
  const doublings = counters.transientsInRow - FREE_TRANSIENTS - 1;
  if (doublings < 0 || metKnownLimit) return { kind: "none", ...counters };
  const rest = Math.min(FIRST_TRANSIENT_MS * 2 ** doublings, LONGEST_TRANSIENT_MS, maxCooldown);
  return { kind: "cool", until: now + rest, source: "transient", reason, ...counters };
}

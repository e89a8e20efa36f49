import type { Evidence, Outcome } from "../../core/outcome.ts";
import type { Instant } from "../../core/time.ts";
import { describeExit, type ExitStatus } from "../../process/exit-status.ts";
import type { Adapter } from "../adapter.ts";
import type { ErrorEvent } from "../events.ts";
import type { RunSigns } from "../run-signs.ts";
import { classifyError, type ErrorClass, httpStatus } from "./error-class.ts";
import { evidenceLines } from "./evidence.ts";
import { failureReason } from "./failure-reason.ts";
import { type ResetTime, resetTime } from "./reset-time.ts";

/** How the process of a run ended. */
export type ProcessEnd =
  | {
      readonly kind: "exited";
      readonly status: ExitStatus;
      /** As the shell gave it, where it did. */
      readonly raw?: number | undefined;
    }
  /** Nobody saw its end. */
  | { readonly kind: "lost" }
  | { readonly kind: "not started" };

/** Why and when Forge ended a run itself. */
export interface OwnAction {
  readonly reason: "kill" | "steer" | "shutdown" | "timeout" | "budget" | "stall";
  /** Bytes of output that were there before; undefined when that is not known. */
  readonly outputBytes?: number | undefined;
}

/** All that an outcome is made of. */
export interface RunFacts {
  readonly adapter: Adapter;
  readonly signs: RunSigns;
  readonly end: ProcessEnd;
  readonly ownAction?: OwnAction | undefined;
  readonly now: Instant;
  /** Tells the IANA name of the host's time zone. */
  readonly hostZone: () => string;
  readonly profileId: string;
  /** The exit code by which the program of a generic profile tells a limit. */
  readonly rateLimitedExit?: number | undefined;
  /** Whether the work is as it was before the run; undefined when that is not known. */
  readonly isWorkUnchanged?: boolean | undefined;
}

export interface DecidedOutcome {
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  readonly resetAt?: Instant | undefined;
  readonly evidence: Evidence;
}

interface Finding {
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
}

/** What the rules look at. */
interface Case {
  readonly facts: RunFacts;
  readonly end: ProcessEnd;
  /** Whether the output speaks for itself. */
  readonly isReadable: boolean;
  /** The error that the run ended with; those that it overcame are none. */
  readonly error: ErrorEvent | undefined;
  readonly errorClass: ErrorClass | undefined;
  readonly status: ExitStatus | undefined;
  /** Undefined when the run had come to its end before we acted. */
  readonly ownAction: OwnAction | undefined;
}

/** The rules of spec/15 section 2.2 in their order and with their numbers; the first that finds something decides. */
const RULES: readonly (readonly [number: number, rule: (run: Case) => Finding | undefined])[] = [
  [1, endedByUs],
  [2, ({ end }) => (end.kind === "lost" ? { outcome: "killed", reason: "lost" } : undefined)],
  [3, ofClass("quota_spent")],
  [4, ofClass("auth")],
  [5, rateLimited],
  [6, tooLong],
  [7, ofClass("transient")],
  [8, refused],
  [9, ({ error }) => error && { outcome: "failed", reason: failureReason(error) }],
  [10, wellEnded],
  [11, withoutEnd],
  [12, byExitAlone],
];

/** The one outcome of a run. Pure: the same facts give the same answer. */
export function decideOutcome(facts: RunFacts): DecidedOutcome {
  const run = caseOf(facts);
  for (const [number, rule] of RULES) {
    const finding = rule(run);
    if (finding) return described(run, number, finding);
  }
  throw new Error("the last rule decides every run");
}

function caseOf(facts: RunFacts): Case {
  const { signs, ownAction } = facts;
  const isReadable = signs.recognised > 0;
  const actedTooLate = ownAction !== undefined && hadEnded(facts);
  // Who was ended after its terminal event would have left with 0.
  const end: ProcessEnd = actedTooLate ? { kind: "exited", status: { code: 0 } } : facts.end;
  const error = isReadable ? finalError(signs) : undefined;
  return {
    facts,
    end,
    isReadable,
    error,
    errorClass: error && classifyError(error),
    status: end.kind === "exited" ? end.status : undefined,
    ownAction: actedTooLate ? undefined : ownAction,
  };
}

/** Whether the terminal event had been printed before we acted. */
const hadEnded = ({ signs: { end }, ownAction }: RunFacts): boolean =>
  end !== undefined && end.source.end <= (ownAction?.outputBytes ?? 0);

function finalError({ finalError, end }: RunSigns): ErrorEvent | undefined {
  if (finalError) return finalError.event;
  if (end === undefined || end.event.ok) return undefined;
  return { kind: "error", text: end.event.reason ?? "error", code: end.event.reason, final: true };
}

function endedByUs({ ownAction }: Case): Finding | undefined {
  const reason = ownAction?.reason;
  switch (reason) {
    case undefined:
      return undefined;
    case "kill":
    case "steer":
    case "shutdown":
      return { outcome: "killed", reason };
    case "timeout":
    case "budget":
      return { outcome: "timeout", reason };
    case "stall":
      return { outcome: "stalled" };
    default:
      return reason satisfies never;
  }
}

function ofClass(wanted: ErrorClass): (run: Case) => Finding | undefined {
  return ({ errorClass, error }) =>
    errorClass === wanted ? { outcome: wanted, reason: oneLine(error?.text) } : undefined;
}

function rateLimited(run: Case): Finding | undefined {
  const { signs } = run.facts;
  const limited = ofClass("rate_limited")(run);
  if (limited) return limited;
  const isRefused = run.isReadable && signs.rejected !== undefined && !signs.end?.event.ok;
  return isRefused ? { outcome: "rate_limited", reason: signs.rejected?.event.window } : undefined;
}

const TOO_LONG: readonly (string | undefined)[] = ["length", "max_tokens", "max_output_tokens"];

function tooLong(run: Case): Finding | undefined {
  const reason = run.facts.signs.end?.event.reason;
  if (TOO_LONG.includes(reason)) return { outcome: "context", reason };
  return ofClass("context")(run);
}

/** An agent that was refused something and has still done work has found another way. */
function refused({ facts: { signs, isWorkUnchanged }, error }: Case): Finding | undefined {
  const denials = signs.end?.event.denials ?? 0;
  if (denials === 0) return undefined;
  if (error === undefined && isWorkUnchanged !== true) return undefined;
  return { outcome: "permission", reason: `${denials} refused` };
}

function wellEnded({ facts: { signs, adapter }, status, isReadable }: Case): Finding | undefined {
  if (!isReadable || !signs.end?.event.ok) return undefined;
  const isGood = status?.code === 0 || adapter.outlivesItsEnd;
  return isGood ? { outcome: "ok" } : { outcome: "failed", reason: "exit" };
}

function withoutEnd({ isReadable, status }: Case): Finding | undefined {
  if (!isReadable) return undefined;
  const how = status && describeExit(status);
  return { outcome: "crashed", reason: how ?? "no terminal event" };
}

/** What the shell answers when it could not start a command. */
const NOT_STARTED: readonly (number | undefined)[] = [126, 127];

function byExitAlone({ facts, end, status }: Case): Finding {
  const code = status?.code;
  if (end.kind === "not started" || NOT_STARTED.includes(code)) {
    return { outcome: "crashed", reason: "not started" };
  }
  if (code === 0) return { outcome: "ok" };
  if (code !== undefined && code === facts.rateLimitedExit)
    return { outcome: "rate_limited", reason: "exit" };
  if (status?.signal !== undefined) return { outcome: "crashed", reason: describeExit(status) };
  return { outcome: "failed", reason: "exit" };
}

function described(run: Case, rule: number, { outcome, reason }: Finding): DecidedOutcome {
  const { facts, error } = run;
  const reset = outcome === "rate_limited" ? resetOf(run) : undefined;
  return {
    outcome,
    reason,
    resetAt: reset?.at,
    evidence: {
      rule,
      exit: facts.end.kind === "exited" ? facts.end.raw : undefined,
      http: error && httpStatus(error),
      resetSource: reset?.source,
      skippedLines: facts.signs.skippedLines,
      lines: evidenceLines(facts.signs),
    },
  };
}

function resetOf({ facts, error }: Case): ResetTime | undefined {
  const { now, hostZone, profileId, signs } = facts;
  return resetTime({ error, limit: signs.rejected?.event, now, hostZone, profileId });
}

const LONGEST_REASON = 200;

/** A text that fits a line of a table or a ledger. */
const oneLine = (text: string | undefined): string | undefined =>
  text?.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_REASON) || undefined;

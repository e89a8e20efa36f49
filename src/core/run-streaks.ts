import type { ToldVerdict } from "./agent-verdict.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import type { RunKind } from "./run.ts";

/** How often in a row the same has happened in a loop; kept over changes of its runner. */
export interface RunStreaks {
  /** Runs that failed (spec/15 section 2.1). */
  readonly failures: number;
  /** Main runs that ended well and changed nothing. */
  readonly noProgress: number;
}

export const NO_STREAKS: RunStreaks = { failures: 0, noProgress: 0 };

/** What counts of a run that has ended. */
export interface CountedRun {
  readonly kind: RunKind;
  readonly outcome: Outcome;
  /** Whether the work is as it was before; undefined when nobody has looked, or could not see all of it. */
  readonly isWorkUnchanged: boolean | undefined;
  /** What the agent has said of its work. */
  readonly verdict: Pick<ToldVerdict, "verdict"> | undefined;
}

/** The streaks with one run more. */
export function streaksAfter(streaks: RunStreaks, run: CountedRun): RunStreaks {
  const hasFailed = isFailure(run.outcome);
  // Ended by an operator, or by what its profile may not do: that says nothing about the work.
  if (!hasFailed && run.outcome !== "ok") return streaks;
  const failures = hasFailed ? streaks.failures + 1 : 0;
  return { failures, noProgress: run.kind === "main" ? idleAfter(streaks, run) : streaks.noProgress };
}

function idleAfter({ noProgress }: RunStreaks, { outcome, isWorkUnchanged, verdict }: CountedRun): number {
  const isIdle = outcome === "ok" && isWorkUnchanged === true && verdict?.verdict !== "continue";
  return isIdle ? noProgress + 1 : 0;
}

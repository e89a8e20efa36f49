import type { Loop } from "../core/loop.ts";
import { isActive, type RunnerVerdict } from "../core/runner-verdict.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import type { LoopSummary } from "../store/loop-summaries.ts";
import { type RecoveringInvocation, recoverFromCrash } from "./crash-recovery.ts";

/** A listed loop and what is known of its runner. */
export interface CheckedSummary {
  readonly summary: LoopSummary;
  readonly verdict: RunnerVerdict;
}

/**
 * Has crashed loops go on, writes down which of the listed ones have a dead runner, and returns all as they are then. What
 * that takes is loaded only where some loop is not at rest.
 */
export async function reconcileSummaries(
  invocation: RecoveringInvocation,
  db: Db,
  summaries: readonly LoopSummary[],
): Promise<CheckedSummary[]> {
  const recovered = await recoverFromCrash(invocation, db);
  const runners = summaries.some(({ loop }) => isActive(loop))
    ? await import("./runner-check.ts")
    : undefined;
  return summaries.map((summary) => {
    const { loop, runtime } = summary;
    if (runners === undefined || !isActive(loop)) return { summary, verdict: "none" };
    const checked = runners.checkRunner(invocation, db, loop, recovered, runtime);
    const [now = checked] = runners.reconcileRunners(invocation, db, [checked]);
    return { summary: now.loop === loop ? summary : changed(db, summary, now.loop), verdict: now.verdict };
  });
}

const changed = (db: Db, summary: LoopSummary, loop: Loop): LoopSummary => ({
  ...summary,
  loop,
  runtime: findLoopRuntime(db, loop.id),
});

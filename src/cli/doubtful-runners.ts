import type { LoopId } from "../core/ids.ts";
import type { RunnerVerdict } from "../core/runner-verdict.ts";
import type { Db } from "../store/database.ts";
import { findLoop } from "../store/loops.ts";
import type { RecoveringInvocation } from "./crash-recovery.ts";
import { checkRunner, reconcileRunners } from "./runner-check.ts";

export interface CheckedRunner {
  readonly verdict: RunnerVerdict;
  /** Whether the row of the loop is another one now. */
  readonly isChanged: boolean;
}

/**
 * Looks after a loop that is not at rest and may have lost its runner, and writes it down when that is so; undefined when
 * the loop is gone.
 */
export function checkDoubtful(
  invocation: RecoveringInvocation,
  db: Db,
  id: LoopId,
  recovered: ReadonlySet<LoopId>,
): CheckedRunner | undefined {
  const loop = findLoop(db, id);
  if (loop === undefined) return undefined;
  const checked = checkRunner(invocation, db, loop, recovered);
  const [now = checked] = reconcileRunners(invocation, db, [checked]);
  return { verdict: now.verdict, isChanged: now.loop !== loop };
}

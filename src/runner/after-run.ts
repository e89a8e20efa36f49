import { stopsProfile } from "../core/outcome.ts";
import type { SettledRun } from "./active-run.ts";
import { type Ending, errorEnding } from "./ending.ts";
import type { ExecutedRun } from "./execute-run.ts";
import { hasLimitedProfile } from "./fail-over.ts";
import { orderedEnd } from "./orders.ts";
import type { PlannedPause } from "./queue-plan.ts";
import { limitReached, requestedEnd } from "./reached-end.ts";
import { recordInLedger } from "./record-run.ts";
import { pause, restBetweenRuns } from "./rest.ts";
import { removeOldAfterLarge } from "./retention.ts";
import type { Session } from "./session.ts";
import { isJudgeDue, judgedEnd } from "./smart-stop/judge.ts";
import { quantitativeStop } from "./smart-stop/quantitative.ts";

/** What a run leads to. */
export interface Conclusion {
  readonly ending?: Ending | undefined;
  /** Whether the loop rests for its interval before the next run. */
  readonly rests: boolean;
}

/**
 * The last steps of a settled run (spec/10 section 3, ledger part of l to s): its entry, and the reasons to stop. The last
 * step is written together with the end that it leads to, so that after a crash in between the next runner decides again.
 */
export async function concludeRun(
  session: Session,
  { run, preparationError }: ExecutedRun,
): Promise<Conclusion> {
  await recordInLedger(session, run);
  removeOldAfterLarge(session, run);
  const { ending, rests } = preparationError
    ? { ending: errorEnding("prompt preparation error", preparationError), rests: false }
    : await decide(session, run);
  if (ending) return { ending: { ...ending, recordedRun: run.runId }, rests };
  session.recordSoon(run.runId);
  return { rests };
}

/** m to s. */
async function decide(session: Session, run: SettledRun): Promise<Conclusion> {
  if (hasLimitedProfile(session, run)) return { ending: endByOrder(session, run), rests: false };
  const ending = endByOrder(session, run) ?? (await endByRule(session, run));
  if (ending) return { ending, rests: false };
  // r
  const isDue = run.kind === "main" && isJudgeDue(session, run.loop);
  if (isDue) session.log.line("qual stop due; running immediately (next iteration)");
  // After a steer the next run is wanted at once, and one that was lost is done again.
  const rests = !isDue && run.endReason !== "steer" && run.endReason !== "lost";
  return { ending: limitReached(session, run.loop), rests };
}

/** m to o: what operators and the runner's owner want. */
function endByOrder(session: Session, { endReason }: SettledRun): Ending | undefined {
  if (endReason === "shutdown" && session.control.endsRun) return requestedEnd(session);
  if (endReason === "kill") {
    const { completes } = orderedEnd(session, "queued") ?? {};
    return { state: "stopped", log: "run interrupted: kill", completes };
  }
  if (endReason === "steer") session.log.line("run interrupted: steer");
  return orderedEnd(session, "queued");
}

/** p, q: what the rules of smart stop say. The answer of a judge that was interrupted is none. */
async function endByRule(session: Session, run: SettledRun): Promise<Ending | undefined> {
  const judged = run.endReason === undefined ? await judgedEnd(session, run) : undefined;
  return judged ?? quantitativeStop(session, run.loop, "after");
}

export interface RestPlan {
  readonly rests: boolean;
  readonly pauseAfter?: PlannedPause | undefined;
}

/** The rest after a run (t to v). */
export async function restAfterRun(
  session: Session,
  { loop, outcome }: SettledRun,
  { rests, pauseAfter }: RestPlan,
): Promise<Ending | undefined> {
  if (session.control.request !== undefined) {
    await session.flush();
    return requestedEnd(session);
  }
  const ending = pauseAfter && (await pause(session, pauseAfter));
  if (ending) return ending;
  // The one run of `forge run` is one that could do its work.
  if (session.isSingle && !stopsProfile(outcome)) return { state: "stopped" };
  return rests && !pauseAfter ? restBetweenRuns(session, loop) : undefined;
}

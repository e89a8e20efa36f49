import { stopsProfile } from "../core/outcome.ts";
import { enqueue } from "../store/loop-queue.ts";
import { isDoneAgain, type SettledRun } from "./active-run.ts";
import { enterBlocked } from "./blocked.ts";
import { type Ending, errorEnding } from "./ending.ts";
import type { ExecutedRun } from "./execute-run.ts";
import { hasLimitedProfile } from "./fail-over.ts";
import { settleMail } from "./mail/run-mail.ts";
import { orderedEnd } from "./orders.ts";
import type { PlannedPause } from "./queue-plan.ts";
import { limitReached, requestedEnd } from "./reached-end.ts";
import { recordInLedger } from "./record-run.ts";
import { pause, restBetweenRuns } from "./rest.ts";
import { removeOldAfterLarge, removeOldRows } from "./retention.ts";
import type { Session } from "./session.ts";
import { tellVerdict, type VerdictEffect, verdictEffect } from "./smart-stop/agent-verdict.ts";
import { isJudgeDue, judgedEnd } from "./smart-stop/judge.ts";
import { quantitativeStop } from "./smart-stop/quantitative.ts";
import { dueRetry } from "./stall-retry.ts";
import { streakEnd } from "./stop-after.ts";

/** What a run leads to. */
export interface Conclusion {
  readonly ending?: Ending | undefined;
  /** Whether the loop rests for its interval before the next run. */
  readonly rests: boolean;
  /** Whether the loop waits for a person now. */
  readonly isBlocked?: boolean | undefined;
}

/** A conclusion that is not written yet. */
interface Decision extends Pick<Conclusion, "ending" | "rests"> {
  readonly blocked?: VerdictEffect["blocked"];
  readonly message?: VerdictEffect["message"];
  readonly isOpen?: VerdictEffect["isOpen"];
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
  await settleMail(session, run);
  removeOldAfterLarge(session, run);
  const decision = preparationError
    ? { ending: errorEnding("prompt preparation error", preparationError), rests: false }
    : await decide(session, run);
  const conclusion = await writeDecision(session, run, decision);
  await removeOldRows(session);
  return conclusion;
}

/** What belongs to the end of a run is written with its last step, so that a crash neither loses nor doubles it. */
async function writeDecision(session: Session, run: SettledRun, decision: Decision): Promise<Conclusion> {
  const { ending, rests, blocked, message, isOpen } = decision;
  const enqueues = message ? [message] : [];
  const recordedRun = isOpen ? undefined : run.runId;
  if (ending) return { ending: { ...ending, enqueues, recordedRun }, rests };
  session.recordSoon(run.runId);
  if (blocked !== undefined) await enterBlocked(session, run, blocked);
  else if (message)
    await session.transact(() => enqueue(session.deps.db, session.loopId, enqueues, session.now()));
  return { rests, isBlocked: blocked !== undefined };
}

/** m to s. */
async function decide(session: Session, run: SettledRun): Promise<Decision> {
  tellVerdict(session, run);
  if (hasLimitedProfile(session, run)) return { ending: endByOrder(session, run), rests: false };
  const ordered = endByOrder(session, run);
  if (ordered) return { ending: ordered, rests: false };
  // p, first what the agent of the run says itself
  const { ending, blocked, message, untilExit, isOpen } = await verdictEffect(session, run);
  if (ending || blocked !== undefined) return { ending, rests: false, blocked, isOpen };
  const ruled = await endByRule(session, run, untilExit);
  if (ruled) return { ending: ruled, rests: false, message };
  // Before anything else that is due.
  const retries = run.endReason === "stall" && dueRetry(session) !== undefined;
  // r
  const isDue = !retries && run.kind === "main" && isJudgeDue(session, run.loop);
  if (isDue) session.log.line("qual stop due; running immediately (next iteration)");
  // After a steer the next run is wanted at once, and one that was lost is done again.
  const rests = !retries && !isDue && run.endReason !== "steer" && !isDoneAgain(run);
  // s
  return { ending: limitReached(session, run.loop) ?? streakEnd(session, run), rests, message };
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
async function endByRule(
  session: Session,
  run: SettledRun,
  untilExit: number | undefined,
): Promise<Ending | undefined> {
  const judged = run.endReason === undefined ? await judgedEnd(session, run) : undefined;
  return judged ?? quantitativeStop(session, run.loop, "after", untilExit);
}

export interface RestPlan {
  readonly rests: boolean;
  readonly pauseAfter?: PlannedPause | undefined;
}

/** The rest after a run (t to v). */
export async function restAfterRun(
  session: Session,
  run: SettledRun,
  { rests, pauseAfter: planned }: RestPlan,
): Promise<Ending | undefined> {
  if (session.control.request !== undefined) {
    await session.flush();
    return requestedEnd(session);
  }
  // A pause that stands behind the work of a run waits until that is done.
  const pauseAfter = isDoneAgain(run) ? undefined : planned;
  const ending = pauseAfter && (await pause(session, pauseAfter));
  if (ending) return ending;
  // The one run of `forge run` is one that could do its work, where a profile is free for that.
  if (session.isSingle && !stopsProfile(run.outcome)) return { state: "stopped" };
  return rests && !pauseAfter ? restBetweenRuns(session, run.loop) : undefined;
}

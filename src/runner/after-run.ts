import { patchRun } from "../store/fx-runs.ts";
import type { SettledRun } from "./active-run.ts";
import type { Ending } from "./ending.ts";
import type { ExecutedRun } from "./execute-run.ts";
import { orderedEnd } from "./orders.ts";
import type { PlannedPause } from "./queue-plan.ts";
import { limitReached, requestedEnd } from "./reached-end.ts";
import { recordInLedger } from "./record-run.ts";
import { pause, restBetweenRuns } from "./rest.ts";
import { removeOldRunFolders } from "./retention.ts";
import type { Session } from "./session.ts";
import { isJudgeDue, judgedEnd } from "./smart-stop/judge.ts";
import { quantitativeStop } from "./smart-stop/quantitative.ts";

/**
 * The last steps of a settled run (spec/10 section 3, ledger part of l to s): its entry, and the reasons to stop. The last
 * step is written together with the end that it leads to, so that after a crash in between the next runner decides again.
 */
export async function concludeRun(
  session: Session,
  { run, preparationError }: ExecutedRun,
): Promise<Ending | undefined> {
  await recordInLedger(session, run);
  removeOldRunFolders(session, run);
  if (preparationError) {
    const text = preparationError.message;
    const log = `prompt preparation error: ${text}`;
    return { state: "error", log, lastError: text, failure: preparationError, recordedRun: run.runId };
  }
  const ending = await endAfter(session, run);
  if (ending) return { ...ending, recordedRun: run.runId };
  await markRecorded(session, run);
  return undefined;
}

/** m to s. */
async function endAfter(session: Session, run: SettledRun): Promise<Ending | undefined> {
  if (run.endReason === "shutdown" && session.control.endsRun) return requestedEnd(session);
  if (run.endReason === "kill") {
    const { completes } = orderedEnd(session, "queued") ?? {};
    return { state: "stopped", log: "run interrupted: kill", completes };
  }
  if (run.endReason === "steer") session.log.line("run interrupted: steer");
  const ordered = orderedEnd(session, "queued");
  if (ordered) return ordered;
  const judged = run.endReason === undefined ? judgedEnd(session, run) : undefined;
  if (judged) return judged;
  const matched = await quantitativeStop(session, "after");
  if (matched) return matched;
  return limitReached(session);
}

/** The rest after a run (t to v). */
export async function restAfterRun(
  session: Session,
  run: SettledRun,
  pauseAfter: PlannedPause | undefined,
): Promise<Ending | undefined> {
  if (session.control.request !== undefined) return requestedEnd(session);
  if (pauseAfter) {
    const ending = await pause(session, pauseAfter);
    if (ending) return ending;
  }
  if (session.isSingle) return { state: "stopped" };
  // A run that was lost is done again.
  if (pauseAfter || run.endReason === "steer" || run.endReason === "lost") return undefined;
  if (run.kind === "main" && isJudgeDue(session)) {
    session.log.line("qual stop due; running immediately (next iteration)");
    return undefined;
  }
  return restBetweenRuns(session);
}

async function markRecorded(session: Session, { runId }: SettledRun): Promise<void> {
  const { db, faultPoint } = session.deps;
  await session.transact(() => patchRun(db, runId, { phase: "recorded" }, session.epoch));
  faultPoint("after-record");
}

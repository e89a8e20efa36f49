import { type ForgeError, toForgeError } from "../core/errors.ts";
import type { StartedRun } from "../process/wrapper.ts";
import type { SettledRun } from "./active-run.ts";
import { followRun } from "./follow-run.ts";
import { forgetMail, markMailRead } from "./mail/run-mail.ts";
import { removeOldRunFolders } from "./retention.ts";
import { failedStart } from "./run-outcome.ts";
import type { Session } from "./session.ts";
import { settleRun } from "./settle-run.ts";
import { type ClaimedRun, preparePrompt, recordStart, startHarness } from "./start-run.ts";
import { workBefore } from "./work/run-work.ts";

export interface ExecutedRun {
  readonly run: SettledRun;
  /** The prompt could not be written: the loop must not go on. */
  readonly preparationError?: ForgeError | undefined;
}

/** Runs the harness of a claimed run to its end and settles the run, also when the harness cannot be started. */
export async function executeRun(session: Session, claimed: ClaimedRun): Promise<ExecutedRun> {
  const { runId, profile, row, retry, mail } = claimed;
  const { logMaxSize, logKeep } = session.deps.config.retention;
  session.log.rotate({ largestBytes: logMaxSize, kept: logKeep });
  session.log.line(`run ${runId} start (profile=${profile.name})`);
  if (retry) {
    const goesOn = retry.sessionId === undefined ? "" : ` (session ${retry.sessionId})`;
    session.log.line(`run ${runId} retries stalled run ${retry.stalledRun}${goesOn}`);
  }
  const logOffset = session.log.size;
  session.deps.observer?.runStarted?.({
    run: row,
    profileName: profile.name,
    harness: profile.harness,
    logPath: session.log.path,
    logOffset,
  });
  try {
    preparePrompt(session, claimed);
  } catch (thrown) {
    const preparationError = toForgeError(thrown);
    if (mail) await session.transact(() => forgetMail(session, runId));
    return {
      run: await settleRun(session, claimed, failedStart(preparationError.message)),
      preparationError,
    };
  }
  const work = await workBefore(session, claimed);
  let started: StartedRun;
  try {
    started = startHarness(session, claimed);
  } catch (thrown) {
    if (mail) await session.transact(() => forgetMail(session, runId));
    return { run: await settleRun(session, claimed, failedStart(toForgeError(thrown).message)) };
  }
  const harness = await recordStart(session, claimed, started, { logOffset, work });
  if (mail) await markMailRead(session, mail);
  // Now, because it costs nothing while the harness works.
  removeOldRunFolders(session, claimed);
  return { run: await followRun(session, claimed, harness) };
}

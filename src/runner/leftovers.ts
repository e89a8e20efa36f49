import { existsSync } from "node:fs";
import { runDir } from "../config/paths.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { findMarkedLeader } from "../process/marked-processes.ts";
import { outputBytes, printedOutput, runFolder } from "../process/run-folder.ts";
import { terminateRun } from "../process/terminate.ts";
import { listUnfinishedRuns, patchRun, type RunRuntime } from "../store/fx-runs.ts";
import { getRun, killRunningRuns } from "../store/loop-runs.ts";
import { findProfile } from "../store/profiles.ts";
import { findRunMail } from "../store/run-mail.ts";
import { findOutcome } from "../store/run-outcomes.ts";
import { findVerdict } from "../store/run-verdicts.ts";
import type { ActiveRun, HarnessProcess, SettledRun } from "./active-run.ts";
import { followRun } from "./follow-run.ts";
import { forgetMail, markMailRead } from "./mail/run-mail.ts";
import { UNSTARTED_RUN } from "./run-outcome.ts";
import type { Session } from "./session.ts";
import { settleRun } from "./settle-run.ts";
import { storedIdentity } from "./stored-identity.ts";

/**
 * Takes up what earlier runners of a loop have left, by the table of spec/10 section 14: a harness that lives is followed
 * to its end, one that is gone is settled from its exit file. The answer are runs whose last steps are still to be done.
 */
export async function takeUpLeftovers(session: Session): Promise<SettledRun[]> {
  const { db } = session.deps;
  const settled: SettledRun[] = [];
  for (const runtime of listUnfinishedRuns(db, session.loopId)) settled.push(await takeUp(session, runtime));
  // Rows of other implementations, which keep no record of their processes.
  await session.transact(() => killRunningRuns(db, session.loopId, session.now()));
  return settled;
}

async function takeUp(session: Session, runtime: RunRuntime): Promise<SettledRun> {
  const run = activeRun(session, runtime);
  const mail = findRunMail(session.deps.db, runtime.runId);
  if (runtime.phase === "settled") {
    const { db } = session.deps;
    const row = getRun(db, runtime.runId);
    const outcome = findOutcome(db, row.id)?.outcome;
    // To a run that had come to its own end nothing was done.
    const endReason = runtime.endReason === "grace" ? undefined : runtime.endReason;
    const verdict = findVerdict(db, row.id);
    return { ...run, row, loop: session.loop(), endReason, outcome, verdict, isLeftover: true };
  }
  const identity = storedIdentity(runtime) ?? findMarkedLeader(runtime.runId);
  const leftNothing = !existsSync(run.folder.exit) && outputBytes(run.folder) === 0;
  const neverStarted = runtime.phase === "claimed" && identity === undefined && leftNothing;
  if (neverStarted) {
    // Its wrapper may have been killed alone.
    await terminateRun({ runId: run.runId, leader: undefined });
    if (mail) await session.transact(() => forgetMail(session, run.runId));
    return settleRun(session, run, UNSTARTED_RUN);
  }
  const harness = harnessProcess(session, runtime, run, identity);
  if (mail) await markMailRead(session, mail);
  if (runtime.logOffset === undefined) await recordWhatIsKnown(session, runtime, harness);
  return followRun(session, run, harness);
}

/** What the crash of an earlier runner kept from being recorded: without it the next one would copy the output again. */
async function recordWhatIsKnown(
  session: Session,
  { runId }: RunRuntime,
  { identity, logOffset }: HarnessProcess,
): Promise<void> {
  const started = identity && {
    phase: "spawned" as const,
    pid: identity.pid,
    pgid: identity.pid,
    pidStarted: identity.started,
    bootId: identity.bootId,
  };
  await session.transact(() => patchRun(session.deps.db, runId, { logOffset, ...started }, session.epoch));
}

function activeRun({ deps }: Session, runtime: RunRuntime): ActiveRun {
  const profile = runtime.profileId && findProfile(deps.db, runtime.profileId);
  return {
    runId: runtime.runId,
    kind: runtime.kind,
    profile: profile || { name: runtime.profileName ?? "", harness: runtime.harness ?? "" },
    folder: runFolder(runtime.dir ?? runDir(deps.config, runtime.runId)),
    itemIds: runtime.itemIds,
  };
}

/** Only the holder of the runner lock writes the log, so what stands there behind the run's start is its output. */
function harnessProcess(
  { log, deps }: Session,
  { logOffset, endReason, spawnedAt }: RunRuntime,
  { folder }: ActiveRun,
  identity: ProcessIdentity | undefined,
): HarnessProcess {
  const { bytes, lastAt } = printedOutput(folder) ?? { bytes: 0, lastAt: deps.now() };
  const offset = logOffset ?? log.size;
  const behind = log.size - offset;
  return {
    identity,
    logOffset: offset,
    // A log that was cut meanwhile gets nothing twice.
    copied: behind < 0 ? bytes : Math.min(behind, bytes),
    startedAt: spawnedAt ?? lastAt,
    earlier: { bytes, lastAt },
    endReason,
  };
}

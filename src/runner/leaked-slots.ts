import { runnerLockPath, supervisorLockPath } from "../config/paths.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { isActive } from "../core/loop-state.ts";
import type { Profile } from "../core/profile.ts";
import { judgeRunner } from "../core/runner-verdict.ts";
import { isLocked } from "../process/file-lock.ts";
import { isAlive, pidExists } from "../process/identity.ts";
import { findMarkedLeader } from "../process/marked-processes.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { listUnfinishedRuns } from "../store/fx-runs.ts";
import { killRunningRuns } from "../store/loop-runs.ts";
import { listLoopsUsingProfile } from "../store/profile-users.ts";
import type { Session } from "./session.ts";
import { storedIdentity } from "./stored-identity.ts";

/**
 * Frees slots of profiles that are taken by runs which nobody follows and whose harness is gone: a crash of whatever
 * runner must not block a profile for ever (spec/10 section 11). A run of ours gets its true exit code all the same when
 * its loop is taken up again.
 */
export async function freeLeakedSlots(session: Session, busy: readonly Profile[]): Promise<void> {
  const { db } = session.deps;
  await endAbandonedRuns(
    session,
    busy.flatMap(({ id }) => listLoopsUsingProfile(db, id)),
  );
}

/** Ends in the database the runs of those of the loops which nobody runs any more. */
export async function endAbandonedRuns(session: Session, loops: readonly Loop[]): Promise<void> {
  const { db } = session.deps;
  for (const loop of loops.filter((user) => isAbandoned(session, user)))
    await session.transact(() => killRunningRuns(db, loop.id, session.now()));
}

function isAbandoned(session: Session, loop: Loop): boolean {
  const { db, config } = session.deps;
  if (loop.id === session.loopId || isLocked(runnerLockPath(config, loop.id))) return false;
  const { pid } = readLoopMetadata(loop.metadata);
  const pidAlive = pid === undefined ? undefined : pidExists(pid);
  const harnessLives = listUnfinishedRuns(db, loop.id).some((run) => {
    const leader = storedIdentity(run) ?? findMarkedLeader(run.runId);
    return leader !== undefined && isAlive(leader);
  });
  if (harnessLives || (!isActive(loop) && pidAlive)) return false;
  const facts = {
    hasRunner: false,
    harnessLives,
    isOurs: findLoopRuntime(db, loop.id) !== undefined,
    pidAlive,
    supervisorAlive: isLocked(supervisorLockPath(config)),
  };
  const verdict = judgeRunner(loop, facts, session.now());
  return verdict === "stale" || verdict === "none";
}

import type { LoopId } from "../core/ids.ts";
import { isAlive, type ProcessIdentity } from "../process/identity.ts";
import { findMarkedLeader } from "../process/marked-processes.ts";
import type { Db } from "../store/database.ts";
import { listUnfinishedRuns, type RunRuntime } from "../store/fx-runs.ts";

/** A run that is not settled, and the process that leads it if it is known and was ever started. */
export interface UnfinishedRun {
  readonly runtime: RunRuntime;
  readonly leader: ProcessIdentity | undefined;
}

/** The runs of a loop that may have a harness still. */
export const unfinishedRuns = (db: Db, loopId: LoopId): UnfinishedRun[] =>
  listUnfinishedRuns(db, loopId)
    .filter(({ phase }) => phase !== "settled")
    .map((runtime) => ({ runtime, leader: storedLeader(runtime) ?? findMarkedLeader(runtime.runId) }));

/** Whether a harness of the loop lives. */
export const hasLiveHarness = (db: Db, loopId: LoopId): boolean =>
  unfinishedRuns(db, loopId).some(({ leader }) => leader !== undefined && isAlive(leader));

function storedLeader({ pid, pidStarted, bootId }: RunRuntime): ProcessIdentity | undefined {
  if (pid === undefined || pidStarted === undefined || bootId === undefined) return undefined;
  return { pid, started: pidStarted, bootId };
}

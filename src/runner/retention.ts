import { existsSync, unlinkSync } from "node:fs";
import { renderedPromptPath } from "../config/paths.ts";
import { outputBytes, removeRunFolder, runFolder } from "../process/run-folder.ts";
import { countedTimes } from "../store/counted-runs.ts";
import { countOldQueueItems, deleteOldQueueItems } from "../store/old-queue-items.ts";
import { deleteRuns, listRunsBeyond } from "../store/old-runs.ts";
import { listRecordedRuns } from "../store/recorded-runs.ts";
import { inTransactionAsync } from "../store/transaction.ts";
import type { ActiveRun } from "./active-run.ts";
import type { Session } from "./session.ts";

/** How many runs beyond those that are kept are looked at: more than one, so that what a crash has left goes too. */
const OLDER_RUNS = 2;
/** How many runs are looked at where their number is not limited. */
const MANY_RUNS = 200;
/** Output from which on a run is looked at again when it has ended; before it began it had none. */
const LARGE_BYTES = 1024 * 1024;

/** As `removeOldRunFolders`, after a run that has printed so much that older ones may have to go for it. */
export function removeOldAfterLarge(session: Session, newest: ActiveRun): void {
  if (outputBytes(newest.folder) > LARGE_BYTES) removeOldRunFolders(session, newest);
}

/**
 * Removes the folders and rendered prompts of runs beyond what is kept of a loop, the newest included (spec/10 section 13,
 * spec/30 section 21); never those of the newest.
 */
export function removeOldRunFolders({ deps, loopId }: Session, newest: ActiveRun): void {
  const { runFolders, runFolderBytes, promptsPerLoop } = deps.config.retention;
  const window = Math.max(runFolders || MANY_RUNS, promptsPerLoop) + OLDER_RUNS;
  let bytes = outputBytes(newest.folder);
  listRecordedRuns(deps.db, loopId, window).forEach(({ runId, dir, outputBytes = 0 }, index) => {
    const age = index + 1;
    bytes += outputBytes;
    if (dir && (isBeyond(age, runFolders) || isBeyond(bytes - 1, runFolderBytes))) removeSoon(dir);
    if (isBeyond(age, promptsPerLoop)) removeFile(renderedPromptPath(deps.config, loopId, runId));
  });
}

/** Rows that are deleted in one transaction. */
const BATCH_ROWS = 1000;
/** Where many runs are kept, their number is looked at less often: a hundredth more makes no difference. */
const SHARE_BETWEEN_LOOKS = 100;

/** Runs of each runner since it last looked. */
const runsSinceLook = new WeakMap<Session, number>();

/**
 * Removes the rows of runs beyond what is kept of a loop, and of queue items that were done with long ago; what is left
 * after it, and what is too old, goes with the hourly cleanup.
 */
export async function removeOldRows(session: Session): Promise<void> {
  const { db, config, now } = session.deps;
  const { runsPerLoop, queueMaxAge } = config.retention;
  const runs = (runsSinceLook.get(session) ?? 0) + 1;
  const isDue = runs >= Math.max(1, runsPerLoop / SHARE_BETWEEN_LOOKS) && runsPerLoop > 0;
  runsSinceLook.set(session, isDue ? 0 : runs);
  if (!isDue) return;
  const old = listRunsBeyond(db, session.loopId, runsPerLoop, BATCH_ROWS);
  const before = queueMaxAge > 0 ? now() - queueMaxAge : 0;
  if (old.length === 0 && countOldQueueItems(db, session.loopId, before) === 0) return;
  await inTransactionAsync(db, () => {
    deleteRuns(
      db,
      old.map(({ id }) => id),
      countedTimes(db, now(), config.budget.timezone),
    );
    deleteOldQueueItems(db, session.loopId, before, BATCH_ROWS);
  });
  for (const { dir } of old) if (dir !== null) removeSoon(dir);
}

/** Whether something at this place, counted from 0, is one too much; a limit of 0 is none. */
const isBeyond = (place: number, limit: number): boolean => limit > 0 && place >= limit;

/** Nobody waits for it: what is left when the process ends goes after the next run. */
function removeSoon(dir: string): void {
  if (existsSync(dir)) void removeRunFolder(runFolder(dir));
}

function removeFile(path: string): void {
  if (existsSync(path)) unlinkSync(path);
}

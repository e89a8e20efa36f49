import type { Loop } from "../../core/loop.ts";
import { diskUsage } from "../../process/disk-usage.ts";
import { countedTimes } from "../../store/counted-runs.ts";
import { deleteRuns, listOldRuns, type OldRuns } from "../../store/old-runs.ts";
import { listRecordedRuns } from "../../store/recorded-runs.ts";
import {
  BATCH_ROWS,
  type CleanupContext,
  type Removal,
  removePaths,
  removeRows,
  sumOfRemovals,
  tooOldBefore,
} from "./removal.ts";

/** SQLite takes it for no limit. */
const ALL = -1;

/** Removes what old runs have left: their rows with their folders, and the folders of those whose rows stay. */
export async function cleanUpRuns(context: CleanupContext): Promise<Removal> {
  const removals: Removal[] = [];
  for (const loop of context.loops) {
    const old = await removeOldRuns(context, loop);
    const folders = excessFolders(context, loop).filter((dir) => !old.folders.includes(dir));
    removals.push(old, await removePaths(folders, context));
  }
  return sumOfRemovals(removals);
}

/** The folder is part of the run: it goes with it, and is not counted by itself. */
async function removeOldRuns(
  context: CleanupContext,
  { id: loopId }: Loop,
): Promise<Removal & { folders: readonly string[] }> {
  const { db, config, now, dryRun } = context;
  const { runsMaxAge, runsPerLoop } = config.retention;
  const old: OldRuns = { loopId, keep: runsPerLoop, before: tooOldBefore(context, runsMaxAge) };
  const counted = countedTimes(db, now, config.budget.timezone);
  const folders: string[] = [];
  const take = (limit: number) => {
    const runs = listOldRuns(db, old, limit);
    folders.push(...runs.flatMap(({ dir }) => dir ?? []));
    return runs.map(({ id }) => id);
  };
  const removed = dryRun
    ? take(ALL).length
    : (await removeRows(() => deleteRuns(db, take(BATCH_ROWS), counted))).removed;
  const { bytes } = await removePaths(folders, context);
  return { removed, bytes, folders };
}

/** Folders of recorded runs beyond what is kept of a loop, by number and by size, the newest first. */
function excessFolders({ db, config }: CleanupContext, { id }: Loop): string[] {
  const { runFolders, runFolderBytes } = config.retention;
  let bytes = 0;
  return listRecordedRuns(db, id, ALL).flatMap(({ dir }, place) => {
    if (dir === undefined) return [];
    bytes += diskUsage(dir).bytes;
    const isTooMany = runFolders > 0 && place >= runFolders;
    const isTooMuch = runFolderBytes > 0 && bytes > runFolderBytes;
    return isTooMany || isTooMuch ? [dir] : [];
  });
}

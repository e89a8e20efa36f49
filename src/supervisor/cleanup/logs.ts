import { statSync } from "node:fs";
import { runnerLockPath } from "../../config/paths.ts";
import type { Loop } from "../../core/loop.ts";
import { FileLock, isLocked } from "../../process/file-lock.ts";
import { rotateFile } from "../../process/rotate-file.ts";
import { rotatedFiles } from "../../process/rotated-files.ts";
import { loopFiles } from "../../store/loop-files.ts";
import { type CleanupContext, type Removal, removePaths, sumOfRemovals, writtenAt } from "./removal.ts";

/** Begins logs anew that have grown large, and removes those that were rotated away and are too many or too old. */
export async function cleanUpLogs(context: CleanupContext): Promise<Removal> {
  const removals: Removal[] = [];
  for (const loop of context.loops) removals.push(await cleanUpLog(context, loop));
  return sumOfRemovals(removals);
}

async function cleanUpLog(context: CleanupContext, loop: Loop): Promise<Removal> {
  const { config, db, now, before, dryRun } = context;
  const { logKeep } = config.retention;
  const { logPath } = loopFiles(db, config, loop);
  const isTooLarge = isLarge(logPath, config.retention.logMaxSize);
  const rotates = isTooLarge && (await rotateAtRest(context, loop, logPath));
  // In a dry run each file is about to become one older.
  const ageing = rotates && dryRun ? 1 : 0;
  const doomed = rotatedFiles(logPath).filter(
    ({ age, path }) =>
      age > 0 &&
      ((logKeep > 0 && age + ageing > logKeep) || (before !== undefined && writtenAt(path, now) < before)),
  );
  return removePaths(
    doomed.map(({ path }) => path),
    context,
  );
}

const isLarge = (path: string, limit: number): boolean =>
  limit > 0 && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > limit;

/** Only the holder of the runner lock writes a log: a loop that runs rotates its own between two runs. */
async function rotateAtRest(
  { config, dryRun }: CleanupContext,
  { id }: Loop,
  path: string,
): Promise<boolean> {
  if (dryRun) return !isLocked(runnerLockPath(config, id));
  using lock = await FileLock.acquire(runnerLockPath(config, id), "");
  if (lock) rotateFile(path, 0);
  return lock !== undefined;
}

import { dirname, join } from "node:path";
import { loopLogsDir, renderedPromptsDir, runnersDir, runsDir } from "../../config/paths.ts";
import type { LoopId, RunId } from "../../core/ids.ts";
import { entriesOf } from "../../process/disk-usage.ts";
import { isLocked } from "../../process/file-lock.ts";
import { markedRuns } from "../../process/marked-processes.ts";
import { rotatedFiles } from "../../process/rotated-files.ts";
import { countOrphanBudgets, deleteOrphanBudgets } from "../../store/budgets.ts";
import { countedTimes } from "../../store/counted-runs.ts";
import { loopFiles } from "../../store/loop-files.ts";
import { findLoop, listLoops } from "../../store/loops.ts";
import {
  countOrphanRows,
  deleteOrphanRows,
  isKnownRun,
  type Kept,
  listOrphanRunFolders,
} from "../../store/orphan-rows.ts";
import { settleLostReservations } from "../../store/reservations.ts";
import {
  BATCH_ROWS,
  type CleanupContext,
  type Removal,
  removePaths,
  removeRows,
  sumOfRemovals,
  writtenAt,
} from "./removal.ts";

/** A file that is younger may belong to a loop or run whose row is about to be written. */
const YOUNG_MS = 3_600_000;

/** Removes files and rows of loops that are gone; never those of a run that lives. */
export async function cleanUpOrphans(context: CleanupContext): Promise<Removal> {
  const { db, config, now, dryRun } = context;
  const live = markedRuns();
  const paths = [
    ...listOrphanRunFolders(db, live),
    ...[...unknownRunFolders(context, live), ...loopLeftovers(context), ...unknownLogs(context)].filter(
      (path) => writtenAt(path, context.now) < context.now - YOUNG_MS,
    ),
  ];
  const files = await removePaths(paths, context);
  const kept = { liveRuns: live, counted: countedTimes(db, now, config.budget.timezone) };
  const rows = dryRun
    ? { removed: countOrphanRows(db, kept) + countOrphanBudgets(db), bytes: 0 }
    : await removeOrphanRows(context, kept);
  return sumOfRemovals([files, rows]);
}

async function removeOrphanRows({ db, now }: CleanupContext, kept: Kept): Promise<Removal> {
  // What is still set aside for a run that is gone is charged before its row goes.
  settleLostReservations(db, now);
  let removed = deleteOrphanBudgets(db);
  await removeRows(() => {
    const counts = deleteOrphanRows(db, kept, BATCH_ROWS);
    removed += counts.reduce((sum, count) => sum + count, 0);
    return Math.max(...counts);
  });
  return { removed, bytes: 0 };
}

/** Folders of runs that no row tells of. */
const unknownRunFolders = ({ config, db }: CleanupContext, live: readonly string[]): string[] =>
  entriesOf(runsDir(config))
    // Named after the run.
    .filter(({ name }) => !live.includes(name) && !isKnownRun(db, name as RunId))
    .map(({ name }) => join(runsDir(config), name));

/** Prompts, saved environments and locks that nobody holds. */
function loopLeftovers({ config, db }: CleanupContext): string[] {
  const isGone = (id: string) => findLoop(db, id as LoopId) === undefined; // named after the loop
  const prompts = dirname(renderedPromptsDir(config, "any"));
  const promptFolders = entriesOf(prompts)
    .filter(({ name }) => isGone(name))
    .map(({ name }) => join(prompts, name));
  const runners = runnersDir(config);
  const runnerFiles = entriesOf(runners)
    .filter(({ name }) => /\.(lock|env)$/.test(name) && isGone(name.replace(/\.(lock|env)$/, "")))
    .map(({ name }) => join(runners, name))
    .filter((path) => !(path.endsWith(".lock") && isLocked(path)));
  return [...promptFolders, ...runnerFiles];
}

/** Logs that are those of no loop. */
function unknownLogs({ config, db }: CleanupContext): string[] {
  const known = new Set(
    listLoops(db).flatMap((loop) =>
      rotatedFiles(loopFiles(db, config, loop).logPath).map(({ path }) => path),
    ),
  );
  const folder = loopLogsDir(config);
  return entriesOf(folder)
    .filter((entry) => entry.isFile() && /\.log(\.\d+)?$/.test(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((path) => !known.has(path));
}

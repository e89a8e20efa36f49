import { existsSync, unlinkSync } from "node:fs";
import { renderedPromptPath } from "../config/paths.ts";
import { outputBytes, removeRunFolder, runFolder } from "../process/run-folder.ts";
import { listRecordedRuns } from "../store/recorded-runs.ts";
import type { ActiveRun } from "./active-run.ts";
import type { Session } from "./session.ts";

/** What is kept of a loop's runs on disk, the newest included (spec/10 section 13). */
const KEPT_RUNS = 20;
const KEPT_BYTES = 256 * 1024 * 1024;
/** How many older runs are looked at after each run: more than one, so that what a crash has left goes too. */
const OLDER_RUNS = 4;

/** Output from which on a run is looked at again when it has ended; before it began it had none. */
const LARGE_BYTES = 1024 * 1024;

/** As `removeOldRunFolders`, after a run that has printed so much that older ones may have to go for it. */
export function removeOldAfterLarge(session: Session, newest: ActiveRun): void {
  if (outputBytes(newest.folder) > LARGE_BYTES) removeOldRunFolders(session, newest);
}

/** Removes the folders and rendered prompts of runs that nobody has to look at any more; never those of the newest. */
export function removeOldRunFolders({ deps, loopId }: Session, newest: ActiveRun): void {
  let bytes = outputBytes(newest.folder);
  const earlier = listRecordedRuns(deps.db, loopId, KEPT_RUNS - 1 + OLDER_RUNS);
  earlier.forEach(({ runId, dir, outputBytes = 0 }, index) => {
    bytes += outputBytes;
    if (index < KEPT_RUNS - 1 && bytes <= KEPT_BYTES) return;
    // Nobody waits for it: what is left when the process ends goes after the next run.
    if (dir && existsSync(dir)) void removeRunFolder(runFolder(dir));
    const rendered = renderedPromptPath(deps.config, loopId, runId);
    if (existsSync(rendered)) unlinkSync(rendered);
  });
}

import { existsSync, unlinkSync } from "node:fs";
import { renderedPromptPath } from "../config/paths.ts";
import { removeRunFolder, runFolder } from "../process/run-folder.ts";
import { listRecordedRuns } from "../store/recorded-runs.ts";
import type { Session } from "./session.ts";

/** What is kept of a loop's runs on disk (spec/10 section 13). */
const KEPT_RUNS = 20;
const KEPT_BYTES = 256 * 1024 * 1024;
/** How many older runs are looked at after each run: more than one, so that what a crash has left goes too. */
const OLDER_RUNS = 4;

/** Removes the folders and rendered prompts of runs that nobody has to look at any more. */
export function removeOldRunFolders({ deps, loopId }: Session): void {
  let bytes = 0;
  listRecordedRuns(deps.db, loopId, KEPT_RUNS + OLDER_RUNS).forEach(({ runId, dir, outputBytes }, index) => {
    bytes += outputBytes ?? 0;
    if (index < KEPT_RUNS && (bytes <= KEPT_BYTES || index === 0)) return;
    // Nobody waits for it: what is left when the process ends goes after the next run.
    if (dir && existsSync(dir)) void removeRunFolder(runFolder(dir));
    const rendered = renderedPromptPath(deps.config, loopId, runId);
    if (existsSync(rendered)) unlinkSync(rendered);
  });
}

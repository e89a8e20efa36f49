import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import {
  databasePath,
  eventArchiveDir,
  loopLogsDir,
  mailDir,
  renderedPromptsDir,
  runsDir,
} from "../config/paths.ts";
import { gitRoot } from "../config/project-root.ts";
import type { Loop } from "../core/loop.ts";
import { type DiskUsage, diskUsage, entriesOf, sumOfUsage } from "../process/disk-usage.ts";
import { rotatedFiles } from "../process/rotated-files.ts";
import type { Db } from "../store/database.ts";
import { loopFiles } from "../store/loop-files.ts";
import { listRunFolders } from "../store/run-folders.ts";

/** A kind of data and what it takes. */
export interface KindUsage extends DiskUsage {
  readonly what: string;
}

/** What each kind of data takes. `cwd` is in the project whose mail counts. */
export function usageByKind(config: Config, cwd: string): KindUsage[] {
  const database = databasePath(config);
  const prompts = dirname(renderedPromptsDir(config, "any"));
  const runs = diskUsage(runsDir(config));
  const mail = mailDir(existsSync(mailDir(cwd)) ? cwd : (gitRoot(cwd) ?? cwd));
  return [
    { what: "database", ...diskUsage(database) },
    { what: "wal", ...sumOfUsage([diskUsage(`${database}-wal`), diskUsage(`${database}-shm`)]) },
    { what: "loop logs", ...diskUsage(loopLogsDir(config)) },
    // People count runs, not their files.
    { what: "run folders", bytes: runs.bytes, files: entriesOf(runsDir(config)).length },
    { what: "prompts", ...diskUsage(prompts) },
    { what: "archives", ...diskUsage(eventArchiveDir(config)) },
    { what: "fmail", ...diskUsage(mail) },
  ];
}

/** What the files of a loop take. */
export interface LoopUsage {
  readonly loop: Loop;
  readonly logs: DiskUsage;
  readonly runs: DiskUsage;
  readonly prompts: DiskUsage;
  readonly total: DiskUsage;
}

export function usageOfLoop(config: Config, db: Db, loop: Loop): LoopUsage {
  const logs = sumOfUsage(
    rotatedFiles(loopFiles(db, config, loop).logPath).map(({ path }) => diskUsage(path)),
  );
  const runs = sumOfUsage(listRunFolders(db, loop.id).map(({ dir }) => diskUsage(dir)));
  const prompts = diskUsage(renderedPromptsDir(config, loop.id));
  return { loop, logs, runs, prompts, total: sumOfUsage([logs, runs, prompts]) };
}

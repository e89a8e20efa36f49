import { join } from "node:path";
import type { Milliseconds } from "../../core/duration.ts";
import type { Environment } from "../../process/environment.ts";
import { Effort, TooMuchWork } from "./entries.ts";
import { folderWork } from "./folder-work.ts";
import { gitWork, isIgnored, workTreeOf } from "./git-work.ts";

/** Where the work of a loop is, and what it costs to look at it. */
export interface Work {
  readonly repoPath: string;
  readonly env: Environment;
  /** Absolute paths of files and folders that change without any work being done. */
  readonly leftOut: readonly string[];
  /** Both of spec/15 section 7.1 when left out. */
  readonly mostFiles?: number;
  readonly atMostMs?: Milliseconds;
}

const MOST_FILES = 20_000;
const AT_MOST_MS = 2_000;

/** The fingerprint of work that is more than can be looked at. */
export const UNKNOWN_WORK = "unknown";

/**
 * A text that stays the same as long as the work in a repository does (spec/15 section 7.1): a hash of the commit, the index
 * and what is changed, or of the files where there is no git. Takes its turns with everything else in this process.
 */
export async function workFingerprint(work: Work): Promise<string> {
  const effort = new Effort(work.atMostMs ?? AT_MOST_MS, work.mostFiles ?? MOST_FILES);
  try {
    const parts = await partsOf(work, effort);
    const hash = new Bun.CryptoHasher("sha256");
    for (const part of parts) hash.update(`${part}\n\0`);
    return hash.digest("hex");
  } catch (thrown) {
    if (thrown instanceof TooMuchWork) return UNKNOWN_WORK;
    throw thrown;
  }
}

async function partsOf({ repoPath, env, leftOut }: Work, effort: Effort): Promise<string[]> {
  const isLeftOut = (path: string) =>
    leftOut.some((out) => path === out || path.startsWith(`${out}/`) || path.startsWith(`${out}.`));
  const top = workTreeOf(repoPath);
  const isGit = top !== undefined && (top === repoPath || !(await isIgnored(repoPath, env, effort)));
  const parts = isGit ? await gitWork({ top, env, isLeftOut }, effort) : undefined;
  return parts ?? folderWork(repoPath, isLeftOut, effort);
}

/** Places in a repository that runs themselves write to. */
export const recordPlaces = (repoPath: string): string[] => [
  join(repoPath, ".forge", "ledgers"),
  join(repoPath, ".fmail"),
];

/** Whether work is as it was before; undefined when one of the two is not known. */
export function isUnchanged(before: string | undefined, after: string | undefined): boolean | undefined {
  if ([before, after].some((print) => print === undefined || print === UNKNOWN_WORK)) return undefined;
  return before === after;
}

import type { Dirent, Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Instant } from "../core/time.ts";

export interface ChangedFilesOptions {
  /** Absolute paths below which nothing is looked at. */
  readonly skip: ReadonlySet<string>;
  /** Names of folders below which nothing is looked at, wherever they are. */
  readonly skipNames: ReadonlySet<string>;
}

/** Files beyond which the search ends without an answer: what is larger is not walked over to see a sign of life. */
const MOST_FILES = 200_000;
const AT_ONCE = 256;

/**
 * Whether a file below a folder was written, made or removed after a moment. Reads the names and times in other threads, so
 * that a large repository holds up nobody. Links are not followed; what cannot be read has not changed.
 */
export async function hasChangedSince(
  root: string,
  since: Instant,
  { skip, skipNames }: ChangedFilesOptions,
): Promise<boolean> {
  const folders = [root];
  let seen = 0;
  for (const folder of folders) {
    const entries = await entriesOf(folder);
    seen += entries.length;
    if (seen > MOST_FILES) return false;
    const paths: string[] = [folder];
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) paths.push(path);
      else if (!skip.has(path) && !skipNames.has(entry.name)) folders.push(path);
    }
    for (let from = 0; from < paths.length; from += AT_ONCE) {
      const times = await Promise.all(paths.slice(from, from + AT_ONCE).map(changedAt));
      if (times.some((at) => at > since)) return true;
    }
  }
  return false;
}

const entriesOf = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);

/** The time of its content: a change of rights or a new name is no work. */
const changedAt = (path: string): Promise<Instant> =>
  lstat(path).then(
    ({ mtimeMs }: Stats) => mtimeMs,
    () => 0,
  );

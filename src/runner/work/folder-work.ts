import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describeEntries, type Effort } from "./entries.ts";

/** What is larger is told by size and time. */
const LARGEST_FILE = 256 * 1024;
/** Folders that hold what is built or fetched. */
const NO_WORK: readonly string[] = ["node_modules", ".git", "target", "dist", ".venv"];

/** The files of a folder that is under no version control, with what is in them. Throws `TooMuchWork`. */
export async function folderWork(
  folder: string,
  isLeftOut: (path: string) => boolean,
  effort: Effort,
): Promise<string[]> {
  const paths: string[] = [];
  await collectFiles(folder, isLeftOut, effort, paths);
  paths.sort();
  const contents = await describeEntries(paths, LARGEST_FILE, effort);
  return paths.map((path, index) => `${path.slice(folder.length)}\0${contents[index]}`);
}

async function collectFiles(
  folder: string,
  isLeftOut: (path: string) => boolean,
  effort: Effort,
  paths: string[],
): Promise<void> {
  effort.check();
  // A folder that is gone, or that nobody may read, holds nothing each time.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (isLeftOut(path)) continue;
    if (entry.isFile()) {
      effort.countFile();
      paths.push(path);
    } else if (entry.isDirectory() && !NO_WORK.includes(entry.name)) {
      await collectFiles(path, isLeftOut, effort, paths);
    }
  }
}

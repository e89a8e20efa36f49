import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../../process/environment.ts";
import { describeEntries, type Effort, TooMuchWork } from "./entries.ts";

/** Changed files are few; what is larger than this is told by size and time. */
const LARGEST_FILE = 16 * 1024 * 1024;
/** Tells of more files than may be looked at. */
const LONGEST_ANSWER = 16 * 1024 * 1024;

/** The folder that holds the `.git` of a path: its own, or one above it. */
export function workTreeOf(path: string): string | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

export interface GitWork {
  /** The top of the work tree. */
  readonly top: string;
  readonly env: Environment;
  /** Whether a path is none of the work. */
  readonly isLeftOut: (path: string) => boolean;
}

/**
 * What git and the files that it calls changed say together: the commit, the index, and the content of each file that
 * differs from it. Undefined when git does not answer, as for a folder that is no repository of its own. Throws `TooMuchWork`.
 */
export async function gitWork(
  { top, env, isLeftOut }: GitWork,
  effort: Effort,
): Promise<string[] | undefined> {
  const answer = await git(top, STATUS, env, effort);
  if (answer === undefined) return undefined;
  const records = answer.split("\0").filter((record) => record !== "");
  const head = records.find((record) => record.startsWith(HEAD)) ?? HEAD;
  const changed = records
    .flatMap((record) => changedPath(record) ?? [])
    .filter(({ path }) => !isLeftOut(join(top, path)));
  for (const _ of changed) effort.countFile();
  const paths = changed.map(({ path }) => join(top, path));
  const contents = await describeEntries(paths, LARGEST_FILE, effort);
  return [head, ...changed.map(({ record }, index) => `${record}\0${contents[index]}`)];
}

/** Whether git takes no notice of a folder, although it lies in a work tree. */
export const isIgnored = async (folder: string, env: Environment, effort: Effort): Promise<boolean> =>
  (await git(folder, ["check-ignore", "--quiet", folder], env, effort)) !== undefined;

/** The form that tells commit, index and changed paths in one go; a program that the repository names is not called. */
const STATUS = [
  ...["-c", "core.fsmonitor=false"],
  ...["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--no-renames"],
];
/** The id of the commit, or that there is none yet. Other headers tell of branches, which are no work. */
const HEAD = "# branch.oid ";

/** How many fields stand before the path, by the kind of a record (git-status(1), porcelain format version 2). */
const FIELDS_BEFORE_PATH: Readonly<Record<string, number>> = { "1": 8, u: 10, "?": 1 };

function changedPath(record: string): { record: string; path: string } | undefined {
  const fields = FIELDS_BEFORE_PATH[record[0] ?? ""];
  if (fields === undefined) return undefined;
  return { record, path: record.split(" ").slice(fields).join(" ") };
}

/** What git prints; undefined when it fails or is not there. Throws `TooMuchWork`. */
async function git(
  folder: string,
  words: readonly string[],
  env: Environment,
  effort: Effort,
): Promise<string | undefined> {
  effort.check();
  try {
    const child = Bun.spawn(["git", "-C", folder, ...words], {
      // The agent may work with git at the same time.
      env: { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: Math.ceil(effort.left),
      killSignal: "SIGKILL",
      maxBuffer: LONGEST_ANSWER,
    });
    const output = await child.stdout.text();
    const code = await child.exited;
    if (child.signalCode !== null) throw new TooMuchWork();
    return code === 0 ? output : undefined;
  } catch (thrown) {
    if (thrown instanceof TooMuchWork) throw thrown;
    effort.check();
    return undefined;
  }
}

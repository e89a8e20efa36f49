import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { notFound, operationFailed } from "../../core/errors.ts";
import { systemReason } from "../../core/system-error.ts";
import { BUILTIN_SKILLS } from "./builtin-skills.ts";

/** A tree of skills: the content of files by their path in it. */
export interface SkillSource {
  /** An absolute path, or `builtin`. */
  readonly name: string;
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

/** The tree at `path`, else that of the working directory, else the built-in one. Throws `skills path not found: ...`. */
export function skillSource(cwd: string, path: string | undefined): SkillSource {
  if (path) {
    const folder = resolve(cwd, path);
    if (!isFolder(folder)) throw notFound(`skills path not found: ${folder}`);
    return { name: folder, files: filesBelow(folder) };
  }
  const own = join(cwd, ".agent-skills");
  return isFolder(own) ? { name: own, files: filesBelow(own) } : { name: "builtin", files: BUILTIN_SKILLS };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function filesBelow(folder: string): Map<string, Uint8Array> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    return new Map(paths.sort().map((path) => [relative(folder, path), readFileSync(path)]));
  } catch (thrown) {
    throw operationFailed(`failed to read skills: ${folder}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The git work tree that a folder lies in; undefined outside of any. */
export function gitRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

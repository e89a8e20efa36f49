import { isAbsolute, join, resolve } from "node:path";
import { isBlank } from "../core/validation.ts";
import type { World } from "../core/world.ts";

/** What paths are relative to. */
export interface Place {
  /** Absolute. */
  readonly cwd: string;
  /** Undefined when HOME is not set. */
  readonly home: string | undefined;
}

/** `home` stands for HOME where it is given. */
export const placeOf = (env: World["env"], cwd: string, home?: string): Place => ({
  cwd,
  home: home ?? (env.HOME || undefined),
});

/** A leading `~` or `~/` as HOME; no `~user`, no variables (spec/30 section 2.3). */
export function expandHome(path: string, home: string | undefined): string {
  if (home === undefined) return path;
  if (path === "~") return home;
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}

/** An absolute path, so that it means the same to a process with another working directory. Blank text stays as it is. */
export function placed(path: string, { cwd, home }: Place): string {
  const expanded = expandHome(path, home);
  return isBlank(expanded) || isAbsolute(expanded) ? expanded : resolve(cwd, expanded);
}

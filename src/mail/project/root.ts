import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { operationFailed } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { systemReason } from "../system-error.ts";

/** The name of the folder that holds a project's mail. */
const STORE_NAME = ".fmail";

/**
 * The root of the project that a directory belongs to (spec/50 section 2.1): `FMAIL_ROOT`, the nearest ancestor with `.fmail`,
 * the nearest with `.git` (for a git worktree its main checkout), else the directory itself.
 * Throws `resolve project root: <reason>`.
 */
export function projectRoot({ env, cwd }: Pick<World, "env" | "cwd">): string {
  const named = env.FMAIL_ROOT?.trim();
  if (named) return namedRoot(resolve(cwd, named));
  const ancestors = [...ancestorsOf(cwd)];
  const withStore = ancestors.find((folder) => storeFolderIn(folder) !== undefined);
  if (withStore !== undefined) return withStore;
  const withGit = ancestors.find((folder) => statOf(join(folder, ".git")) !== undefined);
  return withGit === undefined ? cwd : mainCheckout(withGit);
}

/** Where the store of a project is, or is to be made. */
export const storeFolder = (root: string): string => storeFolderIn(root) ?? join(root, STORE_NAME);

/**
 * The store in a folder. A link counts when it leads to the store of another project, which two checkouts may share on purpose;
 * a link to anything else could make mail appear in any folder of the user.
 */
function storeFolderIn(folder: string): string | undefined {
  const path = join(folder, STORE_NAME);
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state?.isDirectory()) return path;
  if (!state?.isSymbolicLink() || !statOf(path)?.isDirectory()) return undefined;
  const target = realpathSync(path);
  return basename(target) === STORE_NAME ? target : undefined;
}

function namedRoot(path: string): string {
  const refuse = (reason: string) => operationFailed(`resolve project root: ${reason}`);
  try {
    if (statSync(path).isDirectory()) return path;
  } catch (thrown) {
    throw refuse(systemReason(thrown));
  }
  throw refuse(`FMAIL_ROOT is not a directory: ${path}`);
}

function* ancestorsOf(folder: string): Generator<string> {
  yield folder;
  const parent = dirname(folder);
  if (parent !== folder) yield* ancestorsOf(parent);
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined; // missing, a dangling link, or in a folder that may not be entered
  }
}

/** All worktrees of a repository share the mailbox of its main checkout; a submodule has one of its own. */
function mainCheckout(folder: string): string {
  const git = join(folder, ".git");
  if (statOf(git)?.isDirectory()) return folder;
  const [, gitFolder] = /^gitdir:[ \t]*(.+)$/m.exec(readOrNothing(git)) ?? [];
  if (gitFolder === undefined) return folder;
  const [, main] = /^(.*)\/\.git\/worktrees\/[^/]+\/?$/.exec(resolve(folder, gitFolder.trim())) ?? [];
  return main !== undefined && statOf(join(main, ".git"))?.isDirectory() ? main || "/" : folder;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

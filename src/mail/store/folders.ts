import { type BigIntStats, chmodSync, type Dirent, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Instant } from "../../core/time.ts";
import type { Target } from "../rules/target.ts";
import { errorCode } from "../system-error.ts";
import { boxFolder, type Store } from "./store.ts";

const SHARED = 0o755;
const PRIVATE = 0o700;

/** No folder is there, or none for this user: boxes of direct messages are closed to other users of the system. */
const NOT_THERE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "EACCES"]);

/**
 * The state of a folder, or undefined where there is none. A symbolic link is none: whoever can put a link into a store must
 * not make others read or write outside of it.
 */
export function folderState(path: string): BigIntStats | undefined {
  try {
    const state = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return state?.isDirectory() ? state : undefined;
  } catch (thrown) {
    if (NOT_THERE.has(errorCode(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

/** File systems count time in steps of up to 10 ms. */
const SETTLED_MS = 50;

/** Whether a folder's last change lies so far back that the next one will give it another time. */
export const isSettled = (state: BigIntStats, now: Instant): boolean =>
  now - Number(state.mtimeNs / 1_000_000n) > SETTLED_MS;

/** What is in a folder; nothing where it is gone or closed. */
export const entriesIn = (path: string): Dirent[] =>
  whereOpen(() => readdirSync(path, { withFileTypes: true }));

/** As `entriesIn`, the names alone: of a large folder in a third of the time. */
export const namesIn = (path: string): string[] => whereOpen(() => readdirSync(path));

function whereOpen<Entry>(list: () => Entry[]): Entry[] {
  try {
    return list();
  } catch (thrown) {
    if (NOT_THERE.has(errorCode(thrown) ?? "")) return [];
    throw thrown;
  }
}

/** Makes the store's folder if it is missing. */
export const makeStoreFolder = (store: Store): void => makeFolder(store.folder, SHARED);

/** Makes the folder of a box, and those above it, and returns its path. */
export function makeBoxFolder(store: Store, target: Target): string {
  const folder = boxFolder(store, target);
  const mode = target.kind === "agent" ? PRIVATE : SHARED;
  makeFolder(dirname(folder), mode);
  makeFolder(folder, mode);
  return folder;
}

/** Makes a folder of the store other than a box. */
export function makeInnerFolder(store: Store, path: string, who: "shared" | "private"): void {
  makeStoreFolder(store);
  makeFolder(path, who === "private" ? PRIVATE : SHARED);
}

function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, mode);
  } catch (thrown) {
    if (errorCode(thrown) !== "EEXIST") throw thrown;
    if (folderState(path)) return;
    const what = lstatSync(path).isSymbolicLink() ? "is a symbolic link" : "not a directory";
    throw new Error(`mkdir ${path}: ${what}`);
  }
  setMode(path, mode);
}

/** The mode asked for at creation loses the bits of the umask. */
function setMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (thrown) {
    if (errorCode(thrown) !== "EPERM" && errorCode(thrown) !== "EACCES") throw thrown;
  }
}

import { closeSync, fchmodSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../system-error.ts";
import type { Store } from "./store.ts";

/** What file systems without hard links answer. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/**
 * Creates a file that appears complete or not at all (spec/50 section 5.4): written under another name, then linked.
 * False when the name is taken; nothing is changed then.
 */
export function createFile(store: Store, path: string, text: string, mode: number): boolean {
  const temporary = writeTemporary(store, path, text, mode);
  try {
    linkSync(temporary, path);
    return true;
  } catch (thrown) {
    const code = errorCode(thrown) ?? "";
    if (code === "EEXIST") return false;
    if (NO_LINKS.has(code)) return createInOneWrite(path, text, mode);
    throw thrown;
  } finally {
    unlinkSync(temporary);
  }
}

/** Puts a file in the place of another; readers see the old one or the new one, and nothing in between. */
export function replaceFile(store: Store, path: string, text: string, mode: number): void {
  const temporary = writeTemporary(store, path, text, mode);
  try {
    renameSync(temporary, path);
  } catch (thrown) {
    unlinkSync(temporary);
    throw thrown;
  }
}

function writeTemporary(store: Store, path: string, text: string, mode: number): string {
  const random = Math.floor(store.random() * 2 ** 32).toString(36);
  const temporary = join(dirname(path), `.${basename(path, ".json")}.${process.pid}-${random}.tmp`);
  const file = openSync(temporary, "wx", mode);
  try {
    fchmodSync(file, mode);
    writeFileSync(file, text);
  } catch (thrown) {
    unlinkSync(temporary);
    throw thrown;
  } finally {
    closeSync(file);
  }
  return temporary;
}

function createInOneWrite(path: string, text: string, mode: number): boolean {
  try {
    writeFileSync(path, text, { flag: "wx", mode });
    return true;
  } catch (thrown) {
    if (errorCode(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

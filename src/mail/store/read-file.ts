import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Instant } from "../../core/time.ts";
import { errorCode } from "../system-error.ts";

/** No writer makes larger ones; a file of gigabytes must not fill the memory of every reader. */
const MAX_BYTES = 4 * 1_048_576;

// Not following links keeps readers inside the store; not blocking keeps a named pipe from holding them.
const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What opening gives for a file that is gone, for a link, for a socket, and below what is no folder. */
const NOT_THERE = new Set(["ENOENT", "ELOOP", "ENXIO", "ENOTDIR"]);

export interface FileText {
  readonly text: string;
  readonly modifiedAt: Instant;
}

/**
 * The text of a file of the store; undefined when there is no regular file of that name. Throws what the system says, and
 * `larger than any file of a store`.
 */
export function readRegularFile(path: string): FileText | undefined {
  const file = openRegular(path);
  if (file === undefined) return undefined;
  try {
    const state = fstatSync(file);
    if (!state.isFile()) return undefined;
    if (state.size > MAX_BYTES) throw new Error("larger than any file of a store");
    return { text: readFileSync(file, "utf8"), modifiedAt: state.mtimeMs };
  } finally {
    closeSync(file);
  }
}

function openRegular(path: string): number | undefined {
  try {
    return openSync(path, OPEN);
  } catch (thrown) {
    if (NOT_THERE.has(errorCode(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

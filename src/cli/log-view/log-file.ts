import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { ForgeError, operationFailed } from "../../core/errors.ts";

/** What reading on in a log gave. */
export type Growth =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** The file was cut short, or another one has its name now: what comes next is its content from the beginning. */
  | { readonly kind: "restart" };

/**
 * A log read forward, by its name: when it is rotated away, the rest of the old file is read first and then the new one.
 * The file may be missing at first and for a while.
 */
export class LogFile implements Disposable {
  #open: { readonly fd: number; offset: number } | undefined;

  constructor(readonly path: string) {}

  /** Opens the file at its beginning. Throws `open <path>: no such file or directory` and the like. */
  open(): void {
    this.#open = { fd: openLog(this.path), offset: 0 };
  }

  /** The open file, to look for the place where reading starts. Throws when it is not open. */
  get current(): { readonly fd: number; readonly size: number } {
    const { fd } = this.#opened();
    return { fd, size: fstatSync(fd).size };
  }

  seek(offset: number): void {
    this.#opened().offset = offset;
  }

  /** The next bytes, read into `buffer`, at most up to `end`; undefined when there are none at the moment. */
  next(buffer: Uint8Array, end = Number.POSITIVE_INFINITY): Growth | undefined {
    const open = this.#open;
    if (!open) return this.#appeared();
    // Who reads only so far must not be led on into the next file.
    if (open.offset >= end) return undefined;
    // Compared before the last read, so that nothing written to the old file before it was renamed is missed.
    const here = fstatSync(open.fd);
    const isRenamed = isAnother(here, statSync(this.path, { throwIfNoEntry: false }));
    if (here.size < open.offset) {
      open.offset = 0;
      return { kind: "restart" };
    }
    const count = readSync(open.fd, buffer, 0, Math.min(buffer.length, end - open.offset), open.offset);
    open.offset += count;
    if (count > 0) return { kind: "bytes", bytes: buffer.subarray(0, count) };
    if (!isRenamed) return undefined;
    this[Symbol.dispose]();
    return this.#appeared();
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  /** Opens the file if there is one now. */
  #appeared(): Growth | undefined {
    try {
      this.open();
      return { kind: "restart" };
    } catch (thrown) {
      if (isMissingFile(thrown)) return undefined;
      throw thrown;
    }
  }

  #opened(): { readonly fd: number; offset: number } {
    if (!this.#open) throw new Error(`${this.path} is not open`);
    return this.#open;
  }
}

const isAnother = (open: Stats, named: Stats | undefined): boolean =>
  named !== undefined && (named.ino !== open.ino || named.dev !== open.dev);

function openLog(path: string): number {
  try {
    const fd = openSync(path, "r");
    if (!fstatSync(fd).isDirectory()) return fd;
    closeSync(fd);
  } catch (thrown) {
    throw cannotOpen(path, thrown);
  }
  throw operationFailed(`failed to open ${path}: is a directory`);
}

/** `open <path>: <reason>`, in the words of the system. */
function cannotOpen(path: string, thrown: unknown): ForgeError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // Node's texts are `ENOENT: no such file or directory, open '...'`.
  const reason = /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
  const kind = errorCode(thrown) === "EACCES" ? "operation" : "unknown";
  return new ForgeError(kind, `open ${path}: ${reason}`, { cause: thrown });
}

/** Whether reading a log failed because there is no such file. */
export const isMissingFile = (thrown: unknown): thrown is ForgeError =>
  thrown instanceof ForgeError && errorCode(thrown.cause) === "ENOENT";

const errorCode = (thrown: unknown): unknown =>
  thrown instanceof Error && "code" in thrown ? thrown.code : undefined;

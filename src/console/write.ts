import { writeSync } from "node:fs";
import { ForgeError } from "../core/errors.ts";

const RETRY_MS = 1;

/** Standard output cannot be written. */
export class OutputError extends ForgeError {
  constructor(message: string, cause: unknown) {
    super("operation", message, { cause });
  }
}

/**
 * Writes all of `data` to a standard stream before it returns: a full non-blocking pipe is waited for, a reader that has
 * gone ends the program quietly, and anything else (a full disk) is an error. Needed because `console.log` swallows
 * these, and `process.stdout` costs 10 ms at start and loses what is not flushed at exit.
 */
export function writeAll(fd: 1 | 2, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code;
      if (code === "EAGAIN") Bun.sleepSync(RETRY_MS);
      else if (code === "EPIPE") process.exit(0);
      else if (fd === 1) throw new OutputError(`failed to write output: ${reason(code)}`, thrown);
      else return; // Nobody can be told that standard error cannot be written.
    }
  }
}

function reason(code: string | undefined): string {
  if (code === "ENOSPC") return "no space left on device";
  if (code === "EBADF") return "standard output is closed";
  return code ?? "unknown error";
}

import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

export interface RecordedExit {
  /** The shell's `$?`. */
  readonly raw: number;
  /** Milliseconds since the epoch: when the file was written. */
  readonly at: number;
}

/** Reads the status that the wrapper wrote; undefined when there is none, or not yet all of it. */
export function readExitFile(path: string): RecordedExit | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const [, raw] = /^(\d{1,3})\n$/.exec(readFileSync(file, "latin1")) ?? [];
    return raw === undefined ? undefined : { raw: Number(raw), at: fstatSync(file).mtimeMs };
  } finally {
    closeSync(file);
  }
}

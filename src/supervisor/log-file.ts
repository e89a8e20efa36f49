import { closeSync, fstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { rotateFile } from "../process/rotate-file.ts";

/** A log above this size begins a new file (spec/10 section 15). */
const LARGEST_BYTES = 10_000_000;
const KEPT_FILES = 3;

/**
 * A log file that begins anew when it has grown large: `forged.log` becomes `forged.log.1`, and so on up to 3. What cannot
 * be written is given up: the log must not end what it tells of.
 */
export class RotatingFile implements Disposable {
  readonly #path: string;
  readonly #largest: number;
  #file: number;

  constructor(path: string, largestBytes = LARGEST_BYTES) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    this.#path = path;
    this.#largest = largestBytes;
    this.#file = openLog(path);
  }

  write(text: string): void {
    try {
      if (fstatSync(this.#file).size >= this.#largest) this.#rotate();
      writeSync(this.#file, text);
    } catch {
      // A full disk; see above.
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #rotate(): void {
    rotateFile(this.#path, KEPT_FILES);
    const before = this.#file;
    this.#file = openLog(this.#path);
    closeSync(before);
  }
}

const openLog = (path: string): number => openSync(path, "a", 0o644);

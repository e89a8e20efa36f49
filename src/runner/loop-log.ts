import { closeSync, fstatSync, mkdirSync, openSync, readSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, formatTime } from "../core/time.ts";
import { rotateFile } from "../process/rotate-file.ts";

const LINE_FEED = 10;
/** Up to here a write at once is cheaper than one in another thread, and holds up nobody. */
const SMALL_BYTES = 64 * 1024;
const NO_FILE = -1;

/**
 * The log of a loop (spec/10 section 8.1): lines of the runner, and between them what harnesses print, byte for byte. Only
 * the holder of the runner lock writes it. A log that cannot be written is no reason to stop a loop, so failures are ignored.
 */
export class LoopLog implements Disposable {
  readonly path: string;
  #file: number;
  readonly #now: Clock;
  #endsWithLineFeed: boolean;

  constructor(path: string, now: Clock) {
    this.path = path;
    this.#file = openLog(path);
    this.#now = now;
    this.#endsWithLineFeed = endsWithLineFeed(this.#file);
  }

  /** Bytes. */
  get size(): number {
    return fstatSync(this.#file).size;
  }

  /**
   * Begins a new file when this one has grown large; 0 keeps all. Between two runs only: where a run's output starts is
   * remembered by its place in the file.
   */
  rotate({ largestBytes, kept }: { largestBytes: number; kept: number }): void {
    if (largestBytes === 0 || this.size <= largestBytes) return;
    const before = this.#file;
    try {
      rotateFile(this.path, kept);
      this.#file = openLog(this.path);
    } catch {
      // The old file goes on.
      return;
    }
    closeSync(before);
    this.#endsWithLineFeed = true;
  }

  /** Writes a line of the runner; harness output that ended within a line is ended first. */
  line(message: string): void {
    const separator = this.#endsWithLineFeed ? "" : "\n";
    try {
      writeSync(this.#file, `${separator}[${formatTime(this.#now())}] ${message}\n`);
      this.#endsWithLineFeed = true;
    } catch {
      // See above.
    }
  }

  /** Takes output of a harness as it is. Rejects when it could not be written. */
  async output(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const left = bytes.subarray(written);
      written += left.length <= SMALL_BYTES ? writeSync(this.#file, left) : await this.#write(left);
    }
    this.#endsWithLineFeed = bytes.at(-1) === LINE_FEED;
  }

  #write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    write(this.#file, bytes, (error, count) => (error ? reject(error) : resolve(count)));
    return promise;
  }

  /** Who still writes, such as a look at a run that took longer than the runner, must not hit another file of that number. */
  [Symbol.dispose](): void {
    closeSync(this.#file);
    this.#file = NO_FILE;
  }
}

/** A log that cannot be opened is the null device. */
function openLog(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    return openSync(path, "a+", 0o644);
  } catch {
    return openSync("/dev/null", "a+");
  }
}

function endsWithLineFeed(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === LINE_FEED);
}

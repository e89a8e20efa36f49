import type { Clock, Instant } from "../../core/time.ts";
import type { LinePrinter } from "./line-printer.ts";
import { LogFile } from "./log-file.ts";
import { LogView } from "./log-view.ts";
import type { LogWriter } from "./log-writer.ts";
import { tailStart } from "./tail.ts";
import { turnOfOthers } from "./turn-of-others.ts";

/** Where blocks are read to; shared, because what was read is printed before the next read. */
const buffer = new Uint8Array(256 * 1024);

/** How long a changed line of a diff waits for its partner in a log that does not grow, in milliseconds. */
const HELD_MS = 2000;

export interface LogSettings {
  readonly newPrinter: () => LinePrinter;
  /** Lines of the tail, counted from the end. */
  readonly lines: number;
  readonly since: Instant | undefined;
  readonly writer: LogWriter;
  readonly clock: Clock;
}

/** The log of one loop as it is shown: its tail, and then what is added to it. */
export class ShownLog implements Disposable {
  readonly #file: LogFile;
  #view: LogView;
  #lastGrowth: Instant;

  constructor(
    readonly name: string,
    readonly path: string,
    private readonly settings: LogSettings,
  ) {
    this.#file = new LogFile(path);
    this.#view = new LogView(settings.newPrinter(), settings.since);
    this.#lastGrowth = settings.clock();
  }

  /**
   * Shows the last lines of the log as it is now, or less when the signal comes. Throws
   * `open <path>: no such file or directory` and the like.
   */
  async showTail(signal?: AbortSignal): Promise<void> {
    this.#file.open();
    const { fd, size } = this.#file.current;
    this.#file.seek(tailStart(fd, size, this.settings));
    this.settings.writer.startOf(this.name);
    while (!signal?.aborted && this.#showNext(size)) await turnOfOthers();
    this.#view.stopFiltering();
  }

  /** Shows the next block of what was added since the last look; false when there is none. */
  showGrowth(): boolean {
    if (!this.#showNext()) return false;
    this.#lastGrowth = this.settings.clock();
    return true;
  }

  /** Shows what was held back for too long. */
  showHeld(): void {
    if (this.settings.clock() - this.#lastGrowth >= HELD_MS) this.#write(this.#view.release());
  }

  /** Shows what remains: a last line without its end, and what was held back. */
  showEnd(): void {
    this.#write(this.#view.end());
  }

  /** Shows what was held back; a last line without its end is not complete and stays out. */
  stop(): void {
    this.#write(this.#view.release());
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #showNext(end?: number): boolean {
    const growth = this.#file.next(buffer, end);
    if (!growth) return false;
    if (growth.kind === "bytes") this.#write(this.#view.feed(growth.bytes));
    else this.#startAgain();
    return true;
  }

  #startAgain(): void {
    this.showEnd();
    this.#view = new LogView(this.settings.newPrinter(), undefined);
  }

  #write(bytes: Uint8Array): void {
    this.settings.writer.write(this.name, bytes);
  }
}

import type { Output } from "../../console/output.ts";
import { printable } from "../../console/printable.ts";

const LINE_FEED = 0x0a;

/** Writes what several logs print, and above it which log it is from, unless names are not to be shown. */
export class LogWriter {
  #current: string | undefined;
  #isInLine = false;

  constructor(
    private readonly out: Output,
    private readonly settings: { readonly showsNames: boolean },
  ) {}

  /** The header of a log, below a blank line when others were printed before. */
  startOf(name: string): void {
    if (!this.settings.showsNames || name === this.#current) return;
    const before = this.#current === undefined ? "" : this.#isInLine ? "\n\n" : "\n";
    this.out.write(`${before}==> ${printable(name)} <==\n`);
    this.#current = name;
    this.#isInLine = false;
  }

  /** What a log prints, below its header. */
  write(name: string, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.startOf(name);
    this.out.writeBytes(bytes);
    this.#isInLine = bytes.at(-1) !== LINE_FEED;
  }
}

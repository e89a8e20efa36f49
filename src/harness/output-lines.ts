const LINE_FEED = 0x0a;

/** Bytes beyond which a line is not read (spec/15 section 1). */
export const LONGEST_LINE = 8 * 1024 * 1024;

/** Called with a line without its line feed, and the byte of the output at which it starts. */
export type OnLine = (line: Uint8Array, offset: number) => void;

/**
 * Makes lines out of blocks that begin and end anywhere. Splits at the byte LF only: U+2028 and the like are text. A line
 * that is too long is left out and counted, so that what is held stays small.
 */
export class OutputLines {
  #pieces: Uint8Array[] = [];
  #held = 0;
  #isTooLong = false;
  #position = 0;
  #lineStart = 0;
  #skipped = 0;

  constructor(private readonly onLine: OnLine) {}

  /** Lines that were left out. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The lines that `block` completes; they are parts of it, to be used before it is filled again. */
  push(block: Uint8Array): void {
    let start = 0;
    for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
      this.#complete(block.subarray(start, end));
      start = end + 1;
      this.#lineStart = this.#position + start;
    }
    this.#position += block.length;
    if (start < block.length) this.#hold(block.subarray(start));
  }

  /** The last line, where it has no line feed. */
  end(): void {
    if (this.#held > 0 || this.#isTooLong) this.#complete(new Uint8Array());
  }

  #hold(piece: Uint8Array): void {
    this.#held += piece.length;
    if (this.#held > LONGEST_LINE) {
      this.#isTooLong = true;
      this.#pieces = [];
    }
    // The block is filled again before the line is complete.
    if (!this.#isTooLong) this.#pieces.push(Uint8Array.from(piece));
  }

  #complete(last: Uint8Array): void {
    const length = this.#held + last.length;
    if (length > LONGEST_LINE) this.#skipped++;
    else this.onLine(this.#held === 0 ? last : Buffer.concat([...this.#pieces, last]), this.#lineStart);
    this.#pieces = [];
    this.#held = 0;
    this.#isTooLong = false;
  }
}

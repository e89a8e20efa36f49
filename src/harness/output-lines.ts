const LINE_FEED = 0x0a;
const BRACE = 0x7b;
/** Where the next line begins that may be an event; found much faster than every line end. */
const NEXT_EVENT = Buffer.from("\n{");

/** Bytes beyond which a line is not read (spec/15 section 1). */
export const LONGEST_LINE = 8 * 1024 * 1024;

/** Called with a line without its line feed, and the byte of the output at which it starts. */
export type OnLine = (line: Uint8Array, offset: number) => void;

/**
 * Finds the lines that begin with a brace in blocks that begin and end anywhere; all others are text. Splits at the byte LF
 * only: U+2028 and the like stand inside of lines. A line that is too long is left out and counted, so that what is held
 * stays small.
 */
export class OutputLines {
  /** In the middle of a line of text. */
  #isInText = false;
  /** The line that has begun in earlier blocks. */
  #pieces: Uint8Array[] = [];
  #held = 0;
  #lineStart = 0;
  #position = 0;
  #skipped = 0;

  constructor(private readonly onLine: OnLine) {}

  /** Lines that were left out. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The lines that `block` completes; they are parts of it, to be used before it is filled again. */
  push(block: Uint8Array): void {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
    for (let at = this.#firstLine(bytes); at < bytes.length; at = this.#next(bytes, at));
    this.#position += bytes.length;
  }

  /** The last line, where it has no line feed. */
  end(): void {
    if (this.#held > 0) this.#complete(new Uint8Array());
  }

  /** Ends what earlier blocks have begun. Where the first line of its own starts. */
  #firstLine(bytes: Buffer): number {
    if (this.#held === 0 && !this.#isInText) return 0;
    const feed = bytes.indexOf(LINE_FEED);
    if (this.#held > 0) {
      if (feed < 0) this.#hold(bytes);
      else this.#complete(bytes.subarray(0, feed));
    }
    if (feed >= 0) this.#isInText = false;
    return feed < 0 ? bytes.length : feed + 1;
  }

  /** Reads the line that starts at `at`, or passes over text. Where the next line starts that is to be looked at. */
  #next(bytes: Buffer, at: number): number {
    if (bytes[at] !== BRACE) return this.#passText(bytes, at);
    this.#lineStart = this.#position + at;
    const feed = bytes.indexOf(LINE_FEED, at);
    if (feed < 0) {
      this.#hold(bytes.subarray(at));
      return bytes.length;
    }
    this.#complete(bytes.subarray(at, feed));
    return feed + 1;
  }

  #passText(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(NEXT_EVENT, at);
    if (found >= 0) return found + 1;
    this.#isInText = bytes[bytes.length - 1] !== LINE_FEED;
    return bytes.length;
  }

  #hold(piece: Uint8Array): void {
    this.#held += piece.length;
    // The block is filled again before the line is complete.
    if (this.#held <= LONGEST_LINE) this.#pieces.push(Uint8Array.from(piece));
    else this.#pieces = [];
  }

  #complete(last: Uint8Array): void {
    if (this.#held + last.length > LONGEST_LINE) this.#skipped++;
    else this.onLine(this.#held === 0 ? last : Buffer.concat([...this.#pieces, last]), this.#lineStart);
    this.#pieces = [];
    this.#held = 0;
  }
}

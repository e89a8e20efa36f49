const LINE_FEED = 0x0a;

/**
 * Bytes of a line beyond which it is handed on in pieces, so that a log without a line end cannot fill the memory.
 * 8 MiB, as for the agents' streams (spec/15 section 1).
 */
export const LONGEST_LINE = 8 * 1024 * 1024;

/** Makes lines out of blocks that begin and end anywhere. Splits at LF only: U+2028 and the like are text. */
export class LineAssembler {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /**
   * The lines that `block` completes, each with its LF; a piece of a line that is too long has none. They are parts of
   * the block: to be used before it is filled again.
   */
  push(block: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
      lines.push(this.#completed(block.subarray(start, end + 1)));
      start = end + 1;
    }
    if (start < block.length) this.#keep(Uint8Array.from(block.subarray(start)));
    if (this.#length >= LONGEST_LINE) lines.push(this.takeRest());
    return lines;
  }

  /** What stands behind the last LF; empty when nothing does. The assembler is empty afterwards. */
  takeRest(): Uint8Array {
    return this.#completed(new Uint8Array());
  }

  #keep(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #completed(last: Uint8Array): Uint8Array {
    if (this.#length === 0) return last;
    const line = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}

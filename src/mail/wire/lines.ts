import { MAX_MESSAGE_BYTES } from "../rules/message.ts";

/**
 * The line protocol between fmail and the supervisor (spec/50 sections 9 and 10): one JSON object per line, one request per
 * connection. This folder holds what both sides say; who says it is in `fmail/live/` and `supervisor/mail/`.
 */

/** The name of the socket in a store, while a supervisor serves its project. */
export const SOCKET_NAME = "forged.sock";

/** A line is at most so long, its end included. */
const MAX_LINE_BYTES = MAX_MESSAGE_BYTES + 65_536;

const LINE_FEED = 10;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Of bytes that are no UTF-8 a text that is no JSON: they are refused by whoever reads the line. */
function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return "\ufffd";
  }
}

/** Puts lines together from the pieces in which they come. */
export class LineBuffer {
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** The lines that a piece completes, without their ends. Throws an Error when one is longer than any may be. */
  add(piece: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      this.#keep(piece.subarray(start, end));
      lines.push(textOf(Buffer.concat(this.#pieces)));
      this.#pieces = [];
      this.#size = 0;
      start = end + 1;
    }
    this.#keep(piece.subarray(start));
    return lines;
  }

  #keep(piece: Uint8Array): void {
    this.#size += piece.length;
    if (this.#size >= MAX_LINE_BYTES) throw new Error("line too long");
    // The giver may use its memory again.
    if (piece.length > 0) this.#pieces.push(piece.slice());
  }
}

import { type Instant, parseTime } from "../../core/time.ts";

/** Enough bytes of a line to hold its stamp: RFC 3339 with nanoseconds and offset takes 35, and the brackets. */
export const STAMP_BYTES = 40;

const OPENING_BRACKET = 0x5b;
const STAMP = /^\[(\d{4}-\d\d-\d\d[Tt][^\]]+)\]/;

/** The time of a line by its leading `[<RFC 3339>]` (spec/20 section 16.1); undefined where it has none. */
export function lineTime(line: Uint8Array): Instant | undefined {
  if (line[0] !== OPENING_BRACKET) return undefined;
  const head = String.fromCharCode(...line.subarray(0, STAMP_BYTES));
  return parseTime(STAMP.exec(head)?.[1]);
}

/**
 * Keeps the lines that are not older than a moment. A line without a stamp follows the last stamped one above it; those
 * above the first stamp are kept.
 */
export class SinceFilter {
  #keeps = true;

  constructor(private readonly since: Instant) {}

  keeps(line: Uint8Array): boolean {
    const time = lineTime(line);
    if (time !== undefined) this.#keeps = time >= this.since;
    return this.#keeps;
  }
}

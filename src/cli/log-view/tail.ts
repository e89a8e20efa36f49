import { readSync } from "node:fs";
import type { Instant } from "../../core/time.ts";
import { LONGEST_LINE } from "./line-assembler.ts";
import { lineTime, STAMP_BYTES } from "./line-time.ts";

const BLOCK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * How far above an old stamp newer ones are still looked for. An agent may print stamps of another time, an old log for
 * instance, so the first old one from the end is not yet the end of the search.
 */
const OLD_STAMPS_BYTES = 1024 * 1024;

interface Tail {
  /** Lines wanted, counted from the end. */
  readonly lines: number;
  /** Lines older than this do not count (spec/20 section 16.1). */
  readonly since: Instant | undefined;
}

/**
 * Where the tail of an open file of `size` bytes starts; `size` when no line belongs to it. Reads blocks from the end
 * backwards, so the cost is that of the tail and not that of the file. A line longer than `LONGEST_LINE` is cut to its
 * end and hides what stands above it.
 */
export function tailStart(fd: number, size: number, { lines, since }: Tail): number {
  return since === undefined ? startOfLast(fd, size, lines) : startOfLastSince(fd, size, lines, since);
}

function startOfLast(fd: number, size: number, lines: number): number {
  let found = 0;
  let start = size;
  for (const line of linesFromEnd(fd, size)) {
    start = line.start;
    if (++found === lines) break;
  }
  return start;
}

/** As `startOfLast`; the fate of lines without a stamp is known only when the stamp above them is found. */
function startOfLastSince(fd: number, size: number, lines: number, since: Instant): number {
  let start = size;
  let kept = 0;
  let undecided: { count: number; start: number } | undefined;
  let firstOld: number | undefined;

  for (const line of linesFromEnd(fd, size)) {
    const time = lineTime(line.head);
    if (time === undefined) {
      // Lines above the wanted number do not move the start.
      if (kept + (undecided?.count ?? 0) < lines)
        undecided = { count: (undecided?.count ?? 0) + 1, start: line.start };
      continue;
    }
    if (time >= since) {
      kept += undecided?.count ?? 0;
      start = undecided?.start ?? start;
      if (kept < lines) {
        kept++;
        start = line.start;
      }
      if (kept === lines) return start;
      firstOld = undefined;
    } else {
      firstOld ??= line.start;
      if (firstOld - line.start > OLD_STAMPS_BYTES) return start;
    }
    undecided = undefined;
  }
  return undecided?.start ?? start;
}

interface LineFromEnd {
  readonly start: number;
  /** The first bytes of the line, and perhaps of what follows it. */
  readonly head: Uint8Array;
}

function* linesFromEnd(fd: number, size: number): Generator<LineFromEnd> {
  const buffer = new Uint8Array(BLOCK_BYTES + STAMP_BYTES);
  let lineEnd = size;
  for (let blockEnd = size; blockEnd > 0; blockEnd -= BLOCK_BYTES) {
    const blockStart = Math.max(0, blockEnd - BLOCK_BYTES);
    // Some bytes more than the block: the head of a line that starts at its end.
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, size - blockStart), blockStart);
    const lineAt = (start: number): LineFromEnd => ({
      start,
      head: buffer.subarray(start - blockStart, Math.min(start - blockStart + STAMP_BYTES, read)),
    });
    // The LF that ends the file starts no line.
    let from = Math.min(blockEnd, size - 1) - blockStart - 1;
    while (from >= 0) {
      const feed = buffer.lastIndexOf(LINE_FEED, from);
      if (feed < 0) break;
      lineEnd = blockStart + feed + 1;
      yield lineAt(lineEnd);
      from = feed - 1;
    }
    if (blockStart === 0) yield lineAt(0);
    if (lineEnd - blockStart > LONGEST_LINE) return yield lineAt(blockStart);
  }
}

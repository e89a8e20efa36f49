import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Complete lines that are kept of an output (spec/10 section 8.2). */
export const TAIL_LINES = 60;
/** A longer line keeps its end only. */
const LONGEST_LINE_BYTES = 64 * 1024;
const BLOCK_BYTES = 64 * 1024;
const LINE_FEED = 10;

/**
 * The last complete lines of a file and its unfinished one if that is not blank, joined by line feeds. Read from the end:
 * costs the same for any size of file. Empty when there is nothing, or no file.
 */
export async function readTail(path: string, lines = TAIL_LINES): Promise<string> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const [unfinished = "", ...complete] = await linesFromEnd(file, lines + 1);
    const shown = unfinished.trim() === "" ? complete : [unfinished, ...complete];
    return shown.reverse().join("\n");
  } finally {
    closeSync(file);
  }
}

/** The last lines, the newest first; the first of them is what stands behind the last line feed. */
async function linesFromEnd(file: number, wanted: number): Promise<string[]> {
  const { size } = fstatSync(file);
  const found: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for (let end = size; end > 0 && found.length < wanted; end -= BLOCK_BYTES) {
    // A line that goes on for gigabytes must not hold up other loops.
    if (end < size) await Bun.sleep(0);
    let block = readBlock(file, Math.max(0, end - BLOCK_BYTES), end);
    for (let feed = block.lastIndexOf(LINE_FEED); feed >= 0; feed = block.lastIndexOf(LINE_FEED)) {
      found.push(joined(block.subarray(feed + 1), rest));
      rest = Buffer.alloc(0);
      block = block.subarray(0, feed);
    }
    rest = joined(block, rest);
  }
  // What is left is the first line of the file, or a line that is not wanted.
  return [...found, rest].slice(0, wanted).map(toText);
}

function readBlock(file: number, start: number, end: number): Buffer {
  const block = Buffer.allocUnsafe(end - start);
  return block.subarray(0, readSync(file, block, 0, block.length, start));
}

/** The end of a line; its beginning is given up where the line is too long. */
function joined(before: Buffer, after: Buffer): Buffer {
  if (after.length >= LONGEST_LINE_BYTES || before.length === 0) return after;
  return Buffer.concat([before, after]).subarray(-LONGEST_LINE_BYTES);
}

/** Bytes that are not UTF-8 become U+FFFD; a line that was cut begins with a whole character. */
function toText(line: Buffer): string {
  let start = 0;
  if (line.length === LONGEST_LINE_BYTES) while (start < 4 && ((line[start] ?? 0) & 0xc0) === 0x80) start++;
  return line.toString("utf8", start);
}

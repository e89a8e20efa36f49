import { closeSync, openSync, readSync } from "node:fs";
import type { Adapter } from "./adapter.ts";
import type { RunSigns } from "./run-signs.ts";
import { StreamReader } from "./stream-reader.ts";

/** Shared, because what was read is used up before the next read. */
const block = Buffer.allocUnsafeSlow(256 * 1024);
/** After so many blocks other loops get their turn: a few milliseconds of reading. */
const BLOCKS_PER_TURN = 16;

/** Reads the output file of a run that has ended. A missing file is an empty one; memory does not grow with the file. */
export async function readOutput(path: string, adapter: Adapter): Promise<RunSigns> {
  const reader = new StreamReader(adapter);
  // Nothing that it prints tells anything.
  if (adapter.name !== "generic") await readBlocks(path, 0, (bytes) => reader.push(bytes));
  return reader.end();
}

/** Hands over what a file holds from a byte on; a block is used up before the next one is read. */
export async function readBlocks(
  path: string,
  from: number,
  use: (block: Uint8Array) => void,
): Promise<void> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return;
  }
  try {
    let position = from;
    for (let count = 1; ; count++) {
      const length = readSync(file, block, 0, block.length, position);
      if (length === 0) return;
      position += length;
      use(block.subarray(0, length));
      if (count % BLOCKS_PER_TURN === 0) await Bun.sleep(0);
    }
  } finally {
    closeSync(file);
  }
}

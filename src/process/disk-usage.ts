import { type Dirent, lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Bytes } from "../core/size.ts";

/** What files take on disk: sparse ones what they hold, not what they seem to be. */
export interface DiskUsage {
  readonly bytes: Bytes;
  readonly files: number;
}

/** `st_blocks` counts these, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

const NO_USAGE: DiskUsage = { bytes: 0, files: 0 };

export const sumOfUsage = (usages: readonly DiskUsage[]): DiskUsage => ({
  bytes: usages.reduce((sum, { bytes }) => sum + bytes, 0),
  files: usages.reduce((sum, { files }) => sum + files, 0),
});

/** A file, or a folder with all that is in it; links are not followed. Nothing for what is not there. */
export function diskUsage(path: string): DiskUsage {
  const found = statOf(path);
  if (found === undefined) return NO_USAGE;
  const bytes = found.blocks * BLOCK_BYTES;
  if (!found.isDirectory()) return { bytes, files: 1 };
  const inside = sumOfUsage(entriesOf(path).map(({ name }) => diskUsage(join(path, name))));
  return { bytes: bytes + inside.bytes, files: inside.files };
}

/** The entries of a folder; none when it is not there or was removed meanwhile. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

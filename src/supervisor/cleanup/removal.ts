import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Config } from "../../config/config.ts";
import type { Loop } from "../../core/loop.ts";
import type { Bytes } from "../../core/size.ts";
import type { Instant } from "../../core/time.ts";
import { diskUsage } from "../../process/disk-usage.ts";
import type { Db } from "../../store/database.ts";

/** What is looked through, and by which rules (spec/30 section 21). */
export interface CleanupContext {
  readonly db: Db;
  readonly config: Config;
  readonly now: Instant;
  /** Those whose files and rows are looked at. */
  readonly loops: readonly Loop[];
  /** Replaces the age rules: what is older goes. */
  readonly before: Instant | undefined;
  /** Only tells what would go. */
  readonly dryRun: boolean;
}

/** What went, or would go. Rows free no bytes: the database uses their place again. */
export interface Removal {
  readonly removed: number;
  readonly bytes: Bytes;
}

export const NOTHING: Removal = { removed: 0, bytes: 0 };

export const sumOfRemovals = (removals: readonly Removal[]): Removal => ({
  removed: removals.reduce((sum, { removed }) => sum + removed, 0),
  bytes: removals.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** Removes files and folders; those that are not there do not count. */
export async function removePaths(paths: readonly string[], { dryRun }: CleanupContext): Promise<Removal> {
  const removals: Removal[] = [];
  for (const path of paths) {
    const { bytes, files } = diskUsage(path);
    if (bytes === 0 && files === 0) continue;
    if (!dryRun) await rm(path, { recursive: true, force: true });
    removals.push({ removed: 1, bytes });
  }
  return sumOfRemovals(removals);
}

/** Rows that are deleted in one transaction, and the pause after it in which others can write. */
export const BATCH_ROWS = 1000;
const PAUSE_MS = 10;

/** Deletes rows batch by batch until none is left. `remove` deletes at most one batch and returns how many rows. */
export async function removeRows(remove: () => number): Promise<Removal> {
  let removed = 0;
  for (;;) {
    const count = remove();
    removed += count;
    if (count < BATCH_ROWS) return { removed, bytes: 0 };
    await Bun.sleep(PAUSE_MS);
  }
}

/** The moment before which something is too old; undefined when no age is. An age of 0 is no limit. */
export const tooOldBefore = ({ before, now }: CleanupContext, maxAge: number): Instant | undefined =>
  before ?? (maxAge > 0 ? now - maxAge : undefined);

/** When a file was last written to; now for one that is gone. */
export const writtenAt = (path: string, now: Instant): Instant =>
  statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;

import type { Milliseconds } from "../core/duration.ts";
import { type Db, dataVersion } from "../store/database.ts";

/** Looking costs microseconds, and no table is touched. */
const LOOK_EVERY_MS = 50;

/** Waits until another process has committed after `version` was read, at most so long. */
export async function nextChange(db: Db, version: number, atMost: Milliseconds): Promise<void> {
  const deadline = performance.now() + atMost;
  for (;;) {
    const left = deadline - performance.now();
    if (left <= 0 || dataVersion(db) !== version) return;
    await Bun.sleep(Math.min(left, LOOK_EVERY_MS));
  }
}

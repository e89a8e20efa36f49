import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { flock, LOCK_EXCLUSIVE, WITHOUT_WAITING } from "../../process/flock.ts";
import { makeStoreFolder } from "./folders.ts";
import type { Store } from "./store.ts";

/** A writer needs the lock for a millisecond. Many who wait for it ask less and less often, or they would take its time. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 25;
/** A writer that was stopped meanwhile must not stop all mail. */
const WAIT_MS = 5_000;

const OPEN = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Runs `work` as the only writer of the store among processes of ours. The lock is on the file that holds the last id that
 * was given, whose descriptor is handed to `work`. The system gives it back when its holder dies.
 *
 * Where it cannot be had in 5 s, or the file system has no locks, the work is done without: every file is still created
 * exclusively and appears whole, so nothing is lost; only the order of simultaneous ids is then left to chance.
 */
export async function withLock<T>(store: Store, work: (file: number) => T | Promise<T>): Promise<T> {
  makeStoreFolder(store);
  const file = openSync(join(store.folder, ".last-id"), OPEN, 0o644);
  try {
    const deadline = performance.now() + WAIT_MS;
    for (let retry = FIRST_RETRY_MS; isHeld(file) && performance.now() < deadline; retry *= 1.5)
      await Bun.sleep(Math.min(retry, LAST_RETRY_MS) * (0.5 + store.random()));
    return await work(file);
  } finally {
    closeSync(file);
  }
}

/** Takes the lock, or says that somebody else has it. */
const isHeld = (file: number): boolean => flock(file, LOCK_EXCLUSIVE | WITHOUT_WAITING) === "held";

import { dlopen, read } from "bun:ffi";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { makeStoreFolder } from "./folders.ts";
import type { Store } from "./store.ts";

const LOCK_EXCLUSIVE = 2;
const LOCK_NOT_BLOCKING = 4;
const RETRY_MS = 2;
/** About 5 s. A writer needs the lock for a millisecond; one that was stopped meanwhile must not stop all mail. */
const ATTEMPTS = 2_500;

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
    const lock = systemLock();
    for (let attempt = 0; attempt < ATTEMPTS && lock(file) === "held"; attempt++) {
      await Bun.sleep(RETRY_MS * (0.5 + store.random()));
    }
    return await work(file);
  } finally {
    closeSync(file);
  }
}

type Answer = "ours" | "held" | "no locks here";

/** `flock` of the C library: Bun has none of its own. */
function systemLock(): (file: number) => Answer {
  try {
    const isMac = process.platform === "darwin";
    const flock = { args: ["i32", "i32"], returns: "i32" } as const;
    const errno = { args: [], returns: "ptr" } as const;
    const library = isMac
      ? dlopen("libSystem.B.dylib", { flock, __error: errno }).symbols
      : dlopen("libc.so.6", { flock, __errno_location: errno }).symbols;
    const errorNumber = "__error" in library ? library.__error : library.__errno_location;
    const wouldBlock = isMac ? 35 : 11;
    return (file) => {
      if (library.flock(file, LOCK_EXCLUSIVE | LOCK_NOT_BLOCKING) === 0) return "ours";
      const place = errorNumber();
      return place !== null && read.i32(place) === wouldBlock ? "held" : "no locks here";
    };
  } catch {
    return () => "no locks here"; // a C library of another name
  }
}

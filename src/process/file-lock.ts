import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { operationFailed } from "../core/errors.ts";
import { flock, LOCK_EXCLUSIVE, LOCK_SHARED, WITHOUT_WAITING } from "./flock.ts";
import { pidExists } from "./identity.ts";

/** Who asks whether a lock is held disturbs a starter for a moment; this long it tries again. */
const TRY_AGAIN_MS = 50;
const PAUSE_MS = 5;

/**
 * An exclusive advisory lock on a file, held by an open descriptor: the system gives it back when the process ends,
 * however it ends, and no child inherits it. The file tells who holds it; the file stays when the lock is given back,
 * because removing it would let two processes lock two files of one name.
 */
export class FileLock implements Disposable {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Takes the lock and writes `holder` into the file; undefined when somebody else has it. */
  static async acquire(path: string, holder: string): Promise<FileLock | undefined> {
    const deadline = performance.now() + TRY_AGAIN_MS;
    for (;;) {
      const lock = FileLock.#try(path, holder);
      if (lock !== undefined || performance.now() >= deadline) return lock;
      await Bun.sleep(PAUSE_MS);
    }
  }

  static #try(path: string, holder: string): FileLock | undefined {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, "a+", 0o600);
    if (flock(file, LOCK_EXCLUSIVE | WITHOUT_WAITING) !== "ours") {
      closeSync(file);
      return undefined;
    }
    ftruncateSync(file);
    writeSync(file, holder);
    return new FileLock(file);
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

/** A change takes milliseconds; so long others may be at it before. */
const WAIT_FOR_CHANGE_MS = 15_000;

/** The lock of who changes a file as its only writer. Throws `failed to lock <path>: timeout`. */
export async function lockForChange(path: string): Promise<FileLock> {
  const deadline = performance.now() + WAIT_FOR_CHANGE_MS;
  for (;;) {
    const lock = await FileLock.acquire(path, "");
    if (lock) return lock;
    if (performance.now() >= deadline) throw operationFailed(`failed to lock ${path}: timeout`);
  }
}

/** Whether some process holds the lock of a file. */
export function isLocked(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return false;
  }
  try {
    return flock(file, LOCK_SHARED | WITHOUT_WAITING) !== "ours";
  } finally {
    closeSync(file);
  }
}

/**
 * Whether a process that lives holds the lock; the file begins with its pid. The lock of one that was killed lasts until the
 * last of its threads is gone, a moment longer than the process can be seen.
 */
export function isHeld(path: string): boolean {
  if (!isLocked(path)) return false;
  const pid = Number.parseInt(lockHolder(path), 10);
  // Who has only just taken it has not written yet.
  return !(pid > 0) || pidExists(pid);
}

/** What the last holder of a lock wrote; empty when there is no such file. */
export function lockHolder(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

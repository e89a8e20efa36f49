import type { Db } from "./database.ts";
import { databaseBusy, isTransient } from "./database-error.ts";

/** How long a lock of another process is waited for in all (spec/20, edge cases). */
const BUSY_DEADLINE_MS = 10_000;

/** Bounds of one pause between two tries; the busy timeout of the connection adds to it. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/**
 * Runs `body` in one `BEGIN IMMEDIATE` transaction, or inside the one that is already open, so that functions of this room
 * can be put together. Waits for other processes up to `BUSY_DEADLINE_MS`, blocking the thread. `body` must not be async:
 * the commit happens when it returns. An error rolls back and is thrown on. Throws `database is busy ...`.
 */
export function inTransaction<T>(db: Db, body: () => T): T {
  if (db.inTransaction) return body();
  waitWhileBusy(() => begin(db));
  return complete(db, body);
}

export interface PatientOptions {
  /** Milliseconds after which `database is busy ...` is thrown; `BUSY_DEADLINE_MS` when not given. */
  deadlineMs?: number;
  /** Ends the wait early, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * As `inTransaction`, but the event loop goes on while the lock is waited for. For processes that host several loops: the
 * connection should have a short busy timeout (`HOSTED_BUSY_TIMEOUT_MS`), because SQLite's own wait blocks the thread.
 * `body` runs at once and unbroken when the lock is there, so tasks that share a connection do not mix.
 */
export async function inTransactionAsync<T>(
  db: Db,
  body: () => T,
  { deadlineMs = BUSY_DEADLINE_MS, signal }: PatientOptions = {},
): Promise<T> {
  if (db.inTransaction) return body();
  const wait = new BusyWait(deadlineMs);
  for (;;) {
    signal?.throwIfAborted();
    try {
      begin(db);
      break;
    } catch (thrown) {
      await Bun.sleep(wait.nextPause(thrown));
    }
  }
  return complete(db, body);
}

/** Repeats `attempt` while another process holds the lock; blocks the thread between the tries. */
export function waitWhileBusy<T>(attempt: () => T): T {
  const wait = new BusyWait(BUSY_DEADLINE_MS);
  for (;;) {
    try {
      return attempt();
    } catch (thrown) {
      Bun.sleepSync(wait.nextPause(thrown));
    }
  }
}

/** How long to wait between the tries for a lock: longer each time, and by chance, so that waiters spread out. */
class BusyWait {
  private readonly started = Bun.nanoseconds();
  private pause = SHORTEST_PAUSE_MS;

  constructor(private readonly deadlineMs: number) {}

  /** Throws what is not a matter of waiting, and `database is busy ...` when the deadline has passed. */
  nextPause(thrown: unknown): number {
    if (!isTransient(thrown)) throw thrown;
    const waitedMs = (Bun.nanoseconds() - this.started) / 1e6;
    if (waitedMs >= this.deadlineMs) throw databaseBusy(waitedMs, thrown);
    const pause = this.pause * (0.5 + Math.random());
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    return Math.min(pause, this.deadlineMs - waitedMs);
  }
}

function begin(db: Db): void {
  db.query("BEGIN IMMEDIATE").run();
}

function complete<T>(db: Db, body: () => T): T {
  try {
    const result = body();
    // Outside WAL mode readers can hold up a commit.
    waitWhileBusy(() => db.query("COMMIT").run());
    return result;
  } catch (thrown) {
    rollBack(db, thrown);
    throw thrown;
  }
}

function rollBack(db: Db, original: unknown): void {
  // A full disk or an I/O error makes SQLite roll back by itself.
  if (!db.inTransaction) return;
  try {
    db.query("ROLLBACK").run();
  } catch (thrown) {
    throw new Error(`rollback failed: ${text(thrown)} (original error: ${text(original)})`, {
      cause: original,
    });
  }
}

const text = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

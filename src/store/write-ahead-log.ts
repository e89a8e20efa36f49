import type { Db } from "./database.ts";
import { isBusy, sqliteCode } from "./database-error.ts";

interface JournalMode {
  journal_mode: string;
}

/**
 * Puts the file into WAL mode unless it is. Reads the mode first, because setting it needs the lock. Some network file
 * systems cannot do it: then SQLite's own mode stays, and `warn` is called once.
 */
export function useWriteAheadLog(db: Db, warn: (text: string) => void): void {
  if (journalMode(db, "PRAGMA journal_mode") === "wal") return;
  const entered = tryToEnter(db);
  if (entered === "wal") return;
  warn(`warning: this file system does not support SQLite's WAL; using journal mode ${entered}`);
}

function tryToEnter(db: Db): string {
  try {
    return journalMode(db, "PRAGMA journal_mode = WAL");
  } catch (thrown) {
    // Not a failure of SQLite, or one that has nothing to do with the mode.
    if (sqliteCode(thrown) === undefined || isBusy(thrown)) throw thrown;
    return journalMode(db, "PRAGMA journal_mode = DELETE");
  }
}

function journalMode(db: Db, pragma: string): string {
  return db.query<JournalMode, []>(pragma).get()?.journal_mode ?? "unknown";
}

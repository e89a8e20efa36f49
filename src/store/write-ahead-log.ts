import type { Db } from "./database.ts";
import { isTransient, sqliteCode } from "./database-error.ts";

interface JournalMode {
  journal_mode: string;
}

/**
 * Puts the file into WAL mode unless it is. Reads the mode first, because setting it needs the lock. Some network file
 * systems and read-only files cannot have it: then the file's own mode stays, and `warn` is called.
 */
export function useWriteAheadLog(db: Db, warn: (text: string) => void): void {
  if (journalMode(db) === "wal") return;
  const entered = enter(db);
  if (entered !== "wal") warn(`warning: SQLite's WAL cannot be used here; journal mode is ${entered}`);
}

function enter(db: Db): string {
  try {
    return journalMode(db, " = WAL");
  } catch (thrown) {
    if (sqliteCode(thrown) === undefined || isTransient(thrown)) throw thrown;
    return journalMode(db);
  }
}

const journalMode = (db: Db, change = ""): string =>
  db.query<JournalMode, []>(`PRAGMA journal_mode${change}`).get()?.journal_mode ?? "unknown";

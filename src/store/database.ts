/**
 * The store remembers: SQLite, hand-written SQL, one file of functions per table group, each taking the connection first.
 * What enters: rows and models. What must not: decisions, clocks (a moment is handed in), prompts, processes.
 */
import { Database } from "bun:sqlite";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { ForgeError } from "../core/errors.ts";
import { databaseUnavailable, sqliteCode } from "./database-error.ts";
import type { migrateAtOpen } from "./migrator.ts";
import { schemaCheck } from "./schema-check.ts" with { type: "macro" };
import { waitWhileBusy } from "./transaction.ts";
import { useWriteAheadLog } from "./write-ahead-log.ts";

/** One connection to `forge.db`. */
export type Db = Database;

/**
 * Prepared statements that a connection keeps. The runtime's own limit of 20 is less than one pass of a loop uses, and
 * what is beyond it is prepared anew each time.
 */
Database.MAX_QUERY_CACHE_SIZE = 256;

const DEFAULT_BUSY_TIMEOUT_MS = 5000;

/** For processes that host several loops: SQLite's own wait stops the event loop, so it is kept short. */
export const HOSTED_BUSY_TIMEOUT_MS = 25;

export interface DatabaseOptions {
  /**
   * `write` makes the file and its folder where they are missing. `read` makes nothing: a missing file is answered by an
   * empty database in memory, so that readers need no special case.
   */
  mode: "read" | "write";
  /** `database.busy_timeout_ms`: how long SQLite itself waits for a lock, blocking the thread. */
  busyTimeoutMs?: number;
  /** Whether pending migrations are applied; only `forge migrate` says no. */
  migrate?: boolean;
  /** Gets one line when the file system cannot do what is needed. */
  onWarning?: (text: string) => void;
}

/** Opens the database. Throws the preflight error `database unavailable: <cause>`, or `database is busy ...`. */
export function openDatabase(path: string, options: DatabaseOptions): Db {
  if (path === "") throw databaseUnavailable("database path is required");
  try {
    const db = connect(path, options.mode);
    try {
      waitWhileBusy(() => prepare(db, options));
      return db;
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  } catch (thrown) {
    throw thrown instanceof ForgeError ? thrown : databaseUnavailable(thrown);
  }
}

/**
 * Closes the connection; the last one takes the `-wal` and `-shm` files with it. No `PRAGMA optimize`: it would add
 * statistics tables to a schema that other programs share.
 */
export function closeDatabase(db: Db): void {
  db.close();
}

/** Writes the file anew without the place of deleted rows. Others have to wait for it. */
export function vacuum(db: Db): void {
  if (isInMemory(db)) return;
  waitWhileBusy(() => db.run("VACUUM"));
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** A number that changes when another connection has committed; costs microseconds and touches no table. */
export function dataVersion(db: Db): number {
  return db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? 0;
}

function connect(path: string, mode: DatabaseOptions["mode"]): Db {
  if (path === ":memory:") return inMemory();
  try {
    return openExisting(path);
  } catch (thrown) {
    if (sqliteCode(thrown) !== "SQLITE_CANTOPEN") throw thrown;
    if (mode === "write") makeFile(path);
    else if (!existsSync(path)) return inMemory();
    // Also where the file is there after all: another process may have made it just now.
    return openExisting(path);
  }
}

const openExisting = (path: string): Db =>
  new Database(path, { readwrite: true, create: false, strict: true });

const inMemory = (): Db => new Database(":memory:", { strict: true });

/** Only the owner may read the file: profiles hold credentials. */
function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
  } catch {
    // SQLite says in its own words what is wrong with the path.
  }
}

function prepare(db: Db, options: DatabaseOptions): void {
  const { busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS, migrate = true, onWarning = () => {} } = options;
  // The timeout comes first: everything after it may need the lock.
  db.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  if (!isInMemory(db)) useWriteAheadLog(db, onWarning);
  db.run("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL");
  if (migrate && !isUpToDate(db)) bringUpToDate(db);
}

/** Whether there was no file to open: what others write later is not seen. */
export const isInMemory = (db: Db): boolean => db.filename === ":memory:";

/** One small query, and no lock. */
function isUpToDate(db: Db): boolean {
  try {
    return db.query<{ ready: number }, []>(schemaCheck()).get()?.ready === 1;
  } catch (thrown) {
    // One of the tables is missing. One query that may fail is cheaper than asking for them first.
    if (sqliteCode(thrown) === "SQLITE_ERROR") return false;
    throw thrown;
  }
}

/** Loads the migrations, which a file that has them all does not need; `require`, because nobody waits for an open. */
function bringUpToDate(db: Db): void {
  const migrator = require("./migrator.ts") as { migrateAtOpen: typeof migrateAtOpen };
  migrator.migrateAtOpen(db);
}

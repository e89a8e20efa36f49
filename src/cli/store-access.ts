import type { Config } from "../config/config.ts";
import { databasePath } from "../config/paths.ts";
import type { Output } from "../console/output.ts";
import { closeDatabase, type DatabaseOptions, type Db, openDatabase } from "../store/database.ts";

interface Caller {
  readonly config: Config;
  readonly out: Output;
}

/**
 * Opens the database for a command. `read` makes no file: on a fresh machine the command finds an empty database. It is for
 * everything that needs rows which are there already, also to change them. Throws the preflight error
 * `database unavailable: ...`.
 */
export function openStore(
  caller: Caller,
  mode: DatabaseOptions["mode"],
  options: { migrate?: boolean } = {},
): Db {
  const { config, out } = caller;
  return openDatabase(databasePath(config), {
    mode,
    busyTimeoutMs: config.database.busyTimeoutMs,
    onWarning: (text) => out.note(text),
    ...options,
  });
}

/** Looks something up before a command writes anything: what it throws leaves a fresh machine untouched. */
export function lookUp<T>(caller: Caller, find: (db: Db) => T): T {
  const db = openStore(caller, "read");
  try {
    return find(db);
  } finally {
    closeDatabase(db);
  }
}

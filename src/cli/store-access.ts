import type { Config } from "../config/config.ts";
import { databasePath } from "../config/paths.ts";
import type { Output } from "../console/output.ts";
import { type DatabaseOptions, type Db, openDatabase } from "../store/database.ts";

interface Caller {
  readonly config: Config;
  readonly out: Output;
}

/**
 * Opens the database for a command. `read` makes no file: on a fresh machine the command reads an empty one. Throws the
 * preflight error `database unavailable: ...`.
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

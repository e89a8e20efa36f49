import { type ForgeError, operationFailed, preflight } from "../core/errors.ts";

/** The short code of a failure inside SQLite, such as `SQLITE_BUSY`; undefined for any other error. */
export function sqliteCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" && thrown.code.startsWith("SQLITE_") ? thrown.code : undefined;
}

/**
 * Whether another connection was in the way, so that the same call may succeed in a moment: it held the lock, or it changed
 * the schema again and again while a statement was prepared.
 */
export function isTransient(thrown: unknown): boolean {
  const code = sqliteCode(thrown) ?? "";
  return code.startsWith("SQLITE_BUSY") || code === "SQLITE_SCHEMA";
}

/** Whether the disk had no room for a write, which was undone: the same call succeeds once there is room again. */
export const isDiskFull = (thrown: unknown): boolean => sqliteCode(thrown) === "SQLITE_FULL";

/** Whether a row was refused because its key is taken. */
const isUniqueViolation = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.message.includes("UNIQUE constraint failed");

/** What is said when the lock did not become free in time (spec/40 Do better 15). */
export function databaseBusy(waitedMs: number, cause: unknown): ForgeError {
  const held = Math.round(waitedMs / 1000);
  return operationFailed(`database is busy (held for ${held} s); another forge process may be stuck`, {
    cause,
  });
}

/** The preflight error of a database that cannot be used (spec/20 section 3.3). */
export function databaseUnavailable(thrown: unknown): ForgeError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return preflight(
    `database unavailable: ${message}`,
    "Check database path and permissions",
    "Check database path",
    thrown,
  );
}

/** Runs a write and gives the error of `refused` when a unique key is already taken. */
export function refuseDuplicates<T>(write: () => T, refused: () => ForgeError): T {
  try {
    return write();
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw refused();
    throw thrown;
  }
}

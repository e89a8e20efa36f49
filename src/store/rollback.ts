import { closeSync, openSync } from "node:fs";
import { ForgeError } from "../core/errors.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { hasTable, namingFailures } from "./migration-series.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Migration } from "./migrations/migration.ts";
import { restoreOwnIndexes } from "./own-schema.ts";
import { inTransaction } from "./transaction.ts";

/** How far back: a number of applied migrations, or until `target` is the current version. */
export type RollbackRequest = { steps: number } | { target: number };

/**
 * The applied migrations that would be undone, newest first. Throws `database has newer migrations (N)` when the file was
 * migrated by a later Forge, because nothing can be taken away from under a migration that is not known.
 */
export function planRollback(db: Db, request: RollbackRequest): Migration[] {
  const versions = appliedVersions(db);
  const newest = versions.at(-1) ?? 0;
  const plan = MIGRATIONS.filter(({ version }) => versions.includes(version)).reverse();
  const chosen =
    "steps" in request
      ? plan.slice(0, Math.max(0, request.steps))
      : plan.filter(({ version }) => version > request.target);
  const isNewer = newest > (MIGRATIONS.at(-1)?.version ?? 0);
  const asksForLess = "steps" in request ? request.steps > 0 : request.target < newest;
  if (isNewer && asksForLess) throw new ForgeError("unknown", `database has newer migrations (${newest})`);
  return chosen;
}

export interface DroppedRows {
  table: string;
  rows: number;
}

/** The tables with rows that undoing these migrations would drop, most rows first. */
export function rowsDroppedBy(db: Db, plan: readonly Migration[]): DroppedRows[] {
  return plan
    .flatMap(({ drops }) => drops)
    .filter((table) => hasTable(db, table))
    .map((table) => ({ table, rows: countRows(db, table) }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows);
}

/**
 * Undoes migrations, newest first, each in a transaction of its own. Tables are rebuilt with foreign keys off, so that
 * rows which point to them survive. Returns how many this process undid. Throws `rollback of migration N failed: <cause>`.
 */
export function rollBack(db: Db, plan: readonly Migration[]): number {
  if (plan.length === 0) return 0;
  // Inside a transaction this pragma does nothing.
  db.run("PRAGMA foreign_keys = OFF");
  try {
    return plan.filter((migration) => undo(db, migration)).length;
  } finally {
    db.run("PRAGMA foreign_keys = ON");
  }
}

/**
 * Writes a copy of the whole database beside it and returns the copy's path, `<file>.bak-<version>-<YYYYMMDDTHHMMSSZ>`.
 * Only the owner may read it.
 */
export function backUp(db: Db, version: number, now: Instant): string {
  const stamp = formatTime(now).replace(/[-:]/g, "");
  const path = newFile(`${db.filename}.bak-${version}-${stamp}`);
  db.query("VACUUM INTO ?").run(path);
  return path;
}

/**
 * Makes an empty file that only the owner may read, `<path>-2` and so on where one copy was made in this second already.
 * SQLite accepts it as target; its own would be readable by others.
 */
function newFile(path: string, number = 1): string {
  const name = number === 1 ? path : `${path}-${number}`;
  try {
    closeSync(openSync(name, "wx", 0o600));
    return name;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown; // what node:fs throws
    return newFile(path, number + 1);
  }
}

function undo(db: Db, { version, down }: Migration): boolean {
  return inTransaction(db, () => {
    // Another process may have been faster.
    if (appliedVersions(db).at(-1) !== version) return false;
    namingFailures(`rollback of migration ${version} failed`, () => {
      const before = orphans(db);
      db.run(down());
      db.query("DELETE FROM schema_version WHERE version = ?").run(version);
      restoreOwnIndexes(db);
      const added = [...orphans(db)].filter((orphan) => !before.has(orphan));
      if (added.length > 0) throw new Error(`rows would lose their parent: ${added.join(", ")}`);
    });
    return true;
  });
}

function appliedVersions(db: Db): number[] {
  if (!hasTable(db, "schema_version")) return [];
  return db
    .query<{ version: number }, []>("SELECT version FROM schema_version ORDER BY version")
    .all()
    .map(({ version }) => version);
}

interface Orphan {
  table: string;
  rowid: number | null;
  parent: string;
}

/** Rows whose foreign key points nowhere, as comparable texts. */
function orphans(db: Db): Set<string> {
  const rows = db.query<Orphan, []>("PRAGMA foreign_key_check").all();
  return new Set(rows.map(({ table, rowid, parent }) => `${table} ${rowid} -> ${parent}`));
}

const countRows = (db: Db, table: string): number =>
  db.query<{ rows: number }, []>(`SELECT count(*) AS rows FROM ${table}`).get()?.rows ?? 0;

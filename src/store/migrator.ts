import { invalid, notFound } from "../core/errors.ts";
import type { Db } from "./database.ts";
import { applyPending, namingFailures, recordedSteps, type Series } from "./migration-series.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { applyOwnSchema, restoreOwnIndexes } from "./own-schema.ts";
import { planRollback, rollBack } from "./rollback.ts";

/** The migrations that all implementations of Forge share. */
const SHARED_SERIES: Series = {
  table: "schema_version",
  create: `CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER PRIMARY KEY,
    applied_at TEXT NOT NULL DEFAULT (datetime('now')),
    description TEXT
  )`,
  record: "INSERT INTO schema_version (version, description) VALUES ($version, $description)",
  steps: MIGRATIONS,
  afterStep: restoreOwnIndexes,
};

export interface MigrationStatus {
  version: number;
  description: string;
  applied: boolean;
  /** As stored; empty when pending. */
  appliedAt: string;
}

/** Brings a file up to date when it is opened. */
export function migrateAtOpen(db: Db): void {
  namingFailures("auto-migrate failed", () => {
    migrateUp(db);
    applyOwnSchema(db);
  });
}

/** Applies every known shared migration up to `through` that is not recorded. Returns how many this process applied. */
export const migrateUp = (db: Db, through?: number): number => applyPending(db, SHARED_SERIES, through);

/** Undoes the `steps` highest applied migrations, newest first. Returns how many were undone. */
export const migrateDown = (db: Db, steps: number): number => rollBack(db, planRollback(db, { steps }));

/** What `migrateTo` did; one of the two is 0. */
export interface Migrated {
  applied: number;
  rolledBack: number;
}

/** Applies or undoes migrations until `target` is the current version. Throws when it is not 0 or a known version. */
export function migrateTo(db: Db, target: number): Migrated {
  checkTarget(target);
  const current = schemaVersion(db);
  if (target > current) return { applied: migrateUp(db, target), rolledBack: 0 };
  return { applied: 0, rolledBack: rollBack(db, planRollback(db, { target })) };
}

/** Throws `target version N not found (max M)` or `... cannot be negative` unless it is 0 or a known version. */
export function checkTarget(target: number): void {
  if (target < 0) throw invalid(`target version ${target} cannot be negative`);
  if (target === 0 || MIGRATIONS.some(({ version }) => version === target)) return;
  throw notFound(`target version ${target} not found (max ${MIGRATIONS.at(-1)?.version})`);
}

/** One entry per known migration, ascending. */
export function migrationStatus(db: Db): MigrationStatus[] {
  const recorded = new Map(recordedSteps(db, SHARED_SERIES).map((step) => [step.version, step.applied_at]));
  return MIGRATIONS.map(({ version, description }) => ({
    version,
    description,
    applied: recorded.has(version),
    appliedAt: recorded.get(version) ?? "",
  }));
}

/** The highest recorded version, also one that this Forge does not know; 0 when there is none. */
export const schemaVersion = (db: Db): number => recordedSteps(db, SHARED_SERIES).at(-1)?.version ?? 0;

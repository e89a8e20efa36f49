import type { Db } from "./database.ts";
import { inTransaction, waitWhileBusy } from "./transaction.ts";

/** A numbered list of schema steps and the table that remembers which of them a file has. */
export interface Series {
  readonly table: "schema_version" | "fx_schema";
  /** Makes the table where it is missing. */
  readonly create: string;
  /** Records one step: `$version`, `$description`. */
  readonly record: string;
  readonly steps: readonly SeriesStep[];
  /** Runs in the transaction of each step, after it. */
  readonly afterStep?: (db: Db) => void;
}

export interface SeriesStep {
  readonly version: number;
  readonly description: string;
  readonly up: () => string;
}

export interface RecordedStep {
  version: number;
  applied_at: string;
  description: string | null;
}

/** The recorded steps, ascending; none when the table is missing. */
export function recordedSteps(db: Db, { table }: Series): RecordedStep[] {
  return waitWhileBusy(() => {
    if (!hasTable(db, table)) return [];
    return db
      .query<RecordedStep, []>(`SELECT version, applied_at, description FROM ${table} ORDER BY version`)
      .all();
  });
}

export const hasTable = (db: Db, name: string): boolean =>
  db.query<unknown, [string]>("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !==
  null;

/**
 * Applies, in ascending order, the steps that are not recorded: holes too. Each step is one transaction that looks again
 * whether another process was faster, so any number of processes may do this at once and their counts add up. Takes no
 * lock when nothing is pending. Throws `migration N failed: <cause>`.
 */
export function applyPending(db: Db, series: Series, through = Number.POSITIVE_INFINITY): number {
  const recorded = new Set(recordedSteps(db, series).map(({ version }) => version));
  const pending = series.steps.filter(({ version }) => version <= through && !recorded.has(version));
  return pending.filter((step) => applyStep(db, series, step)).length;
}

function applyStep(db: Db, series: Series, step: SeriesStep): boolean {
  const { version, description } = step;
  return inTransaction(db, () => {
    db.run(series.create);
    if (isRecorded(db, series, version)) return false;
    namingFailures(`migration ${version} failed`, () => {
      db.run(step.up());
      db.query(series.record).run({ version, description });
      series.afterStep?.(db);
    });
    return true;
  });
}

const isRecorded = (db: Db, { table }: Series, version: number): boolean =>
  db.query<unknown, [number]>(`SELECT 1 FROM ${table} WHERE version = ?`).get(version) !== null;

/** Puts `<what>: ` before the text of an error. */
export function namingFailures<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`${what}: ${cause}`, { cause: thrown });
  }
}

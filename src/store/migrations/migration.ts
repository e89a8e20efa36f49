/** One numbered step of the schema that all implementations of Forge share (spec/40 sections 8 and 9). Never edited. */
export interface Migration {
  readonly version: number;
  readonly description: string;
  /** Functions, because making these texts costs more at start than all the rest of this room. */
  readonly up: () => string;
  readonly down: () => string;
  /** Tables that `down` drops, with all their rows. */
  readonly drops: readonly string[];
}

/** The two forms in which SQLite fills in "now"; which column has which is fixed (spec/40 section 1). */
export const NOW_SPACE = "datetime('now')";
export const NOW_Z = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

/** `update_<table>_timestamp`: keeps `updated_at` of a changed row at the table's own form of "now". */
export const timestampTrigger = (table: string, now: string): string => `
CREATE TRIGGER IF NOT EXISTS update_${table}_timestamp AFTER UPDATE ON ${table}
BEGIN
  UPDATE ${table} SET updated_at = ${now} WHERE id = NEW.id;
END;`;

export const dropTimestampTrigger = (table: string): string =>
  `DROP TRIGGER IF EXISTS update_${table}_timestamp;`;

/** Drops tables in the given order (children first); their indexes and triggers go with them. */
export const dropTables = (tables: readonly string[]): string =>
  tables.map((table) => `DROP TABLE IF EXISTS ${table};`).join("\n");

export interface Rebuild {
  readonly table: string;
  /** The statement that makes the table in its earlier shape, under the given name. */
  readonly create: (name: string) => string;
  /** Columns of the earlier shape. */
  readonly columns: readonly string[];
  /** What a column is filled with where that is not simply its old value. */
  readonly fill?: Readonly<Record<string, string>>;
}

/**
 * Takes columns away from a table by building it anew. Must run with foreign keys off: dropping the old table would
 * otherwise delete the rows of its children (spec/40 section 8.2). Indexes and triggers have to be made again after it.
 */
export function rebuildTable({ table, create, columns, fill = {} }: Rebuild): string {
  const values = columns.map((column) => fill[column] ?? column);
  return `
${create(`${table}_new`)}
INSERT INTO ${table}_new (${columns.join(", ")}) SELECT ${values.join(", ")} FROM ${table};
DROP TABLE ${table};
ALTER TABLE ${table}_new RENAME TO ${table};`;
}

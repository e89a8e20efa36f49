import type { ColumnValue } from "./columns.ts";
import type { Db } from "./database.ts";

/** Values by column name; a column that is undefined is left as it is. */
export type ColumnValues = Readonly<Record<string, ColumnValue | undefined>>;

/** `INSERT` of one row. Names of tables and columns come from this room's code only. */
export function insertRow(db: Db, table: string, values: Readonly<Record<string, ColumnValue>>): void {
  const columns = Object.keys(values);
  const places = columns.map((column) => `$${column}`);
  db.query(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places.join(", ")})`).run(values);
}

/** As `insertRow`; where a row has the key already, the given columns of that row are changed. */
export function upsertRow(
  db: Db,
  table: string,
  key: Readonly<Record<string, ColumnValue>>,
  values: Readonly<Record<string, ColumnValue>>,
): void {
  const columns = Object.keys({ ...key, ...values });
  const places = columns.map((column) => `$${column}`);
  const changes = Object.keys(values).map((column) => `${column} = excluded.${column}`);
  db.query(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places.join(", ")})
     ON CONFLICT (${Object.keys(key).join(", ")}) DO UPDATE SET ${changes.join(", ")}`,
  ).run({ ...key, ...values });
}

/** `UPDATE` of the given columns of one row. Whether the row was there. */
export function updateRow(db: Db, table: string, key: ColumnValues, values: ColumnValues): boolean {
  const changed = Object.entries(values).filter(([, value]) => value !== undefined);
  const where = Object.keys(key).map((column) => `${column} = $${column}`);
  if (changed.length === 0) {
    return db.query(`SELECT 1 FROM ${table} WHERE ${where.join(" AND ")}`).get(definedOnly(key)) !== null;
  }
  const sets = changed.map(([column]) => `${column} = $${column}`);
  const sql = `UPDATE ${table} SET ${sets.join(", ")} WHERE ${where.join(" AND ")}`;
  return db.query(sql).run({ ...definedOnly(key), ...definedOnly(values) }).changes > 0;
}

function definedOnly(values: ColumnValues): Record<string, ColumnValue> {
  const known: Record<string, ColumnValue> = {};
  for (const [column, value] of Object.entries(values)) if (value !== undefined) known[column] = value;
  return known;
}

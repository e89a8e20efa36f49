import { type Db, openDatabase } from "./database.ts";

/** What the file itself says is wrong with it: torn pages, broken indexes. Empty when nothing is. */
export const quickCheck = (db: Db): string[] =>
  db
    .query<{ quick_check: string }, []>("PRAGMA quick_check(20)")
    .all()
    .map(({ quick_check }) => quick_check)
    .filter((line) => line !== "ok");

/** Rows that refer to rows which are not there, as `table -> parent: n`. */
export function danglingRows(db: Db): string[] {
  const rows = db.query<{ table: string; parent: string }, []>("PRAGMA foreign_key_check").all();
  const counts = Map.groupBy(rows, ({ table, parent }) => `${table} -> ${parent}`);
  return [...counts].map(([reference, found]) => `${reference}: ${found.length}`);
}

/** A part of the schema that a file should have and lacks. */
export interface MissingPart {
  /** `table`, `index`, `trigger`, or `column` for one of a table that is there. */
  readonly type: string;
  /** Of a column: `table.column`. */
  readonly name: string;
  /** What makes it; empty for a column, which only a migration can add. */
  readonly sql: string;
}

interface SchemaRow {
  type: string;
  name: string;
  sql: string;
}

const listParts = (db: Db): SchemaRow[] =>
  db
    .query<SchemaRow, []>(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();

const listColumns = (db: Db): string[] =>
  db
    .query<{ name: string }, []>(
      `SELECT tables.name || '.' || columns.name AS name
       FROM sqlite_master AS tables, pragma_table_xinfo(tables.name) AS columns WHERE tables.type = 'table'`,
    )
    .all()
    .map(({ name }) => name);

/** What a file of the newest schema lacks, tables first. A file with pending migrations lacks what they would make. */
export function missingParts(db: Db): MissingPart[] {
  const expected = openDatabase(":memory:", { mode: "read" });
  try {
    const parts = new Set(listParts(db).map(({ type, name }) => `${type} ${name}`));
    const missing = listParts(expected).filter(({ type, name }) => !parts.has(`${type} ${name}`));
    const lacking = new Set(missing.filter(({ type }) => type === "table").map(({ name }) => name));
    const columns = new Set(listColumns(db));
    const missingColumns = listColumns(expected).filter(
      (name) => !columns.has(name) && !lacking.has(name.split(".")[0] ?? ""),
    );
    return [...missing, ...missingColumns.map((name) => ({ type: "column", name, sql: "" }))];
  } finally {
    expected.close();
  }
}

/** Whether a part can be made again without harm: our own tables, and every index and trigger. */
export const isRestorable = ({ type, name }: MissingPart): boolean =>
  type === "index" || type === "trigger" || (type === "table" && name.startsWith("fx_"));

/** Makes a part again. */
export function restorePart(db: Db, { sql }: MissingPart): void {
  db.run(sql);
}

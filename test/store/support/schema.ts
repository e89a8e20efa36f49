import type { Db } from "../../../src/store/database.ts";

interface SchemaEntry {
  type: string;
  name: string;
  sql: string | null;
}

/** The entries of the schema that all implementations share: not ours, not SQLite's. */
const sharedEntries = (db: Db): SchemaEntry[] =>
  db
    .query<SchemaEntry, []>(
      `SELECT type, name, sql FROM sqlite_master
       WHERE name NOT LIKE 'fx\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
    )
    .all();

/** The texts of the shared schema as stored: equal before and after anything that is no migration. */
export const schemaTexts = (db: Db): string[] =>
  sharedEntries(db)
    .filter(({ name }) => name !== "schema_version")
    .map(({ type, name, sql }) => `${type} ${name}: ${sql}`);

/** How many tables, named indexes and triggers there are, `schema_version` left out. */
export function schemaCounts(db: Db): Record<string, number> {
  const counts: Record<string, number> = { table: 0, index: 0, trigger: 0 };
  for (const { type, name } of sharedEntries(db))
    if (name !== "schema_version") counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** What the shared schema means, however its statements are written: comparable between implementations. */
export function describeSchema(db: Db): Record<string, unknown> {
  const entries = sharedEntries(db);
  const tables = entries.filter(({ type }) => type === "table");
  const triggers = entries.filter(({ type }) => type === "trigger");
  return {
    tables: Object.fromEntries(tables.map((table) => [table.name, describeTable(db, table)])),
    triggers: Object.fromEntries(triggers.map(({ name, sql }) => [name, normalized(sql)])),
  };
}

function describeTable(db: Db, { name, sql }: SchemaEntry) {
  return {
    columns: db
      .query<{ dflt_value: string | null }, []>(`PRAGMA table_xinfo(${name})`)
      .all()
      .map((column) => ({ ...column, dflt_value: column.dflt_value && normalized(column.dflt_value) })),
    foreignKeys: db
      .query<{ id: number; from: string }, []>(`PRAGMA foreign_key_list(${name})`)
      .all()
      .map(({ id: _, ...key }) => key)
      .sort((a, b) => a.from.localeCompare(b.from)),
    indexes: describeIndexes(db, name),
    checks: checksOf(normalized(sql)),
    autoincrement: /autoincrement/i.test(sql ?? ""),
  };
}

function describeIndexes(db: Db, table: string) {
  return db
    .query<{ name: string; unique: number; origin: string; partial: number }, []>(
      `PRAGMA index_list(${table})`,
    )
    .all()
    .filter(({ name }) => !name.startsWith("fx_"))
    .map(({ name, unique, origin, partial }) => ({
      name: origin === "c" ? name : origin,
      unique,
      partial,
      columns: db.query<{ name: string | null }, []>(`PRAGMA index_info(${name})`).all().map(columnName),
      tail: tailOf(db, name),
    }))
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

const columnName = ({ name }: { name: string | null }): string => name ?? "(expression)";

/** The text of a named index after its table: expressions and the condition of a partial one. */
function tailOf(db: Db, index: string): string {
  const { sql } =
    db.query<SchemaEntry, [string]>("SELECT * FROM sqlite_master WHERE name = ?").get(index) ?? {};
  return normalized(sql ?? "").replace(/^.* on \w+/, "");
}

/** The `CHECK (...)` clauses of a table, sorted. */
function checksOf(sql: string): string[] {
  const checks: string[] = [];
  for (let at = sql.indexOf("check("); at >= 0; at = sql.indexOf("check(", at + 1)) {
    let end = at + "check(".length;
    for (let depth = 1; depth > 0; end++) {
      if (sql[end] === "(") depth++;
      if (sql[end] === ")") depth--;
    }
    checks.push(sql.slice(at, end));
  }
  return checks.sort();
}

/** Lower case, without comments, quotes of names and needless space. */
const normalized = (sql: string | null): string =>
  (sql ?? "")
    .replace(/--[^\n]*/g, "")
    .replace(/"/g, "")
    .replace(/\bif not exists\b/gi, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([(),;]) ?/g, "$1")
    .trim()
    .toLowerCase();

import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { type Db, openDatabase } from "../../src/store/database.ts";
import {
  migrateDown,
  migrateTo,
  migrateUp,
  migrationStatus,
  schemaVersion,
} from "../../src/store/migrator.ts";
import { OWN_SERIES } from "../../src/store/own-schema.ts";
import { backUp, planRollback, rollBack, rowsDroppedBy } from "../../src/store/rollback.ts";
import { errorOf } from "../support/error-of.ts";
import { fixturesAreMissing } from "../support/fixtures.ts";
import { copyFixture, needsFixtures } from "./support/fixture-copy.ts";
import { describeSchema, schemaCounts } from "./support/schema.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const VERSIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15];

const unmigrated = (): Db => openDatabase(":memory:", { mode: "write", migrate: false });

const versions = (db: Db): number[] =>
  db
    .query<{ version: number }, []>("SELECT version FROM schema_version ORDER BY version")
    .all()
    .map(({ version }) => version);

describe("the schema", () => {
  test("has 29 tables besides schema_version, 84 named indexes and 12 triggers after 015", () => {
    using db = openDatabase(":memory:", { mode: "write" });
    expect(schemaCounts(db)).toEqual({ table: 29, index: 84, trigger: 12 });
  });

  test.skipIf(fixturesAreMissing)(`is the one that another implementation makes${needsFixtures}`, () => {
    using ours = openDatabase(":memory:", { mode: "write" });
    using store = new TemporaryStore();
    copyFixture("rust", store);
    const theirs = store.open({ migrate: false });
    expect(describeSchema(ours)).toEqual(describeSchema(theirs));
  });

  test.skipIf(fixturesAreMissing)(`of an older file becomes the same by migration${needsFixtures}`, () => {
    using ours = openDatabase(":memory:", { mode: "write" });
    using store = new TemporaryStore();
    copyFixture("go", store);
    expect(describeSchema(store.open())).toEqual(describeSchema(ours));
  });

  test.each(VERSIONS)("is the same again after down and up across version %i", (version) => {
    using db = openDatabase(":memory:", { mode: "write", migrate: false });
    migrateTo(db, version);
    const before = describeSchema(db);
    migrateDown(db, 1);
    migrateUp(db, version);
    const after = describeSchema(db);
    // Rolling 009 back puts short_id into the second place (40 section 8.2): the columns are the same, in another order.
    if (version === 9) expect(inColumnOrder(after)).toEqual(inColumnOrder(before));
    else expect(after).toEqual(before);
  });

  test.each(VERSIONS)("of version %i is that of its predecessor after one step down", (version) => {
    using there = unmigrated();
    using back = unmigrated();
    const earlier = VERSIONS[VERSIONS.indexOf(version) - 1] ?? 0;
    migrateTo(there, earlier);
    migrateTo(back, version);
    migrateDown(back, 1);
    if (version === 9) expect(columnNames(back, "loops").slice(0, 3)).toEqual(["id", "short_id", "name"]);
    else expect(describeSchema(back).tables).toEqual(tablesWithVersions(there));
  });

  const tablesWithVersions = (db: Db) => {
    // Migrating to 0 does not make the table of versions; going down keeps it.
    const { tables } = describeSchema(db) as { tables: Record<string, unknown> };
    using reference = openDatabase(":memory:", { mode: "write" });
    const known = describeSchema(reference) as { tables: Record<string, unknown> };
    return { ...tables, schema_version: known.tables.schema_version };
  };
});

const columnNames = (db: Db, table: string): string[] =>
  db
    .query<{ name: string }, []>(`PRAGMA table_info(${table})`)
    .all()
    .map(({ name }) => name);

const inColumnOrder = (schema: Record<string, unknown>): string =>
  JSON.stringify(schema, (key, value) =>
    key === "columns"
      ? value
          .map(({ cid: _, notnull: __, ...column }: Record<string, unknown>) => JSON.stringify(column))
          .sort()
      : value,
  );

describe("up", () => {
  test("records every version with its description and SQLite's own time", () => {
    using db = unmigrated();
    expect(migrateUp(db)).toBe(14);
    const status = migrationStatus(db);
    expect(status.map(({ version }) => version)).toEqual(VERSIONS);
    expect(status[0]?.description).toBe("initial schema");
    expect(status.at(-1)?.description).toBe("team tasks");
    for (const { applied, appliedAt } of status)
      expect([applied, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(appliedAt)]).toEqual([true, true]);
    expect(migrateUp(db)).toBe(0);
  });

  test("keeps what is committed when a later migration fails", () => {
    using db = unmigrated();
    db.run("CREATE TABLE queue_items (id TEXT PRIMARY KEY, agent_id, status, position, attempts)");
    expect(() => migrateUp(db)).toThrow("migration 3 failed: duplicate column name: attempts");
    expect(versions(db)).toEqual([1, 2]);
  });
});

describe("edge cases of 40", () => {
  test("database older than ours: migrated on first use, rows kept", () => {
    using store = new TemporaryStore();
    const old = store.open({ migrate: false });
    migrateTo(old, 7);
    old.run("INSERT INTO loops (id, name, repo_path) VALUES ('ABCD-ef01-2345', 'old', '/r')");
    const now = store.open();
    expect(now.query("SELECT name, short_id, max_iterations FROM loops").all()).toEqual([
      { name: "old", short_id: "abcdef01", max_iterations: 0 },
    ]);
  });

  test("database newer than ours: used, told with its real version, never rolled back", () => {
    using store = new TemporaryStore();
    const newer = store.open();
    newer.run("INSERT INTO schema_version (version, description) VALUES (16, 'from later')");
    newer.run("INSERT INTO fx_schema VALUES (99, 'later', 'from later')");
    const db = store.open();
    expect(schemaVersion(db)).toBe(16);
    expect(migrationStatus(db).map(({ version }) => version)).toEqual(VERSIONS);
    for (const refused of [() => migrateDown(db, 1), () => migrateDown(db, 100), () => migrateTo(db, 12)]) {
      expect(errorOf(refused).message).toBe("database has newer migrations (16)");
    }
    expect(migrateDown(db, 0)).toBe(0);
    expect(versions(db)).toEqual([...VERSIONS, 16]);
  });

  test("hole in schema_version: up applies what is missing", () => {
    using db = unmigrated();
    migrateUp(db);
    db.run("DROP TABLE loop_work_state; DELETE FROM schema_version WHERE version = 12");
    expect(migrateUp(db)).toBe(1);
    expect(versions(db)).toEqual(VERSIONS);
    expect(schemaCounts(db)).toEqual({ table: 29, index: 84, trigger: 12 });
  });

  test("version before any migration: 0, and nothing is made", () => {
    using db = unmigrated();
    expect(schemaVersion(db)).toBe(0);
    expect(migrationStatus(db).filter(({ applied }) => applied)).toEqual([]);
    expect(db.query("SELECT name FROM sqlite_master").all()).toEqual([]);
  });

  test.each([0, -1])("down -n %i: nothing is rolled back", (steps) => {
    using db = unmigrated();
    migrateUp(db);
    expect(migrateDown(db, steps)).toBe(0);
    expect(versions(db)).toEqual(VERSIONS);
  });

  test("down -n 100: rolls back everything; schema_version remains, empty", () => {
    using db = unmigrated();
    migrateUp(db);
    expect(migrateDown(db, 100)).toBe(14);
    expect(versions(db)).toEqual([]);
    expect(schemaCounts(db)).toEqual({ table: 0, index: 0, trigger: 0 });
    expect(migrateDown(db, 1)).toBe(0);
  });

  test.each([
    [-1, "target version -1 cannot be negative"],
    [10, "target version 10 not found (max 15)"],
    [99, "target version 99 not found (max 15)"],
  ])("--to %i: %s", (target, message) => {
    using db = unmigrated();
    migrateUp(db);
    expect(errorOf(() => migrateTo(db, target)).message).toBe(message);
    expect(versions(db)).toEqual(VERSIONS);
  });

  test("--to goes up through the target, down until it is the current version, and stays", () => {
    using db = unmigrated();
    expect(migrateTo(db, 12)).toEqual({ applied: 11, rolledBack: 0 });
    expect(migrateTo(db, 7)).toEqual({ applied: 0, rolledBack: 4 });
    expect(migrateTo(db, 7)).toEqual({ applied: 0, rolledBack: 0 });
    expect(schemaVersion(db)).toBe(7);
  });
});

describe("rolling back", () => {
  /** A row in every table that points to another, directly or at the end of a chain. */
  const FAMILY = `
    INSERT INTO nodes (id, name, ssh_proxy_jump) VALUES ('n', 'node', 'jump');
    INSERT INTO workspaces (id, name, node_id, repo_path, tmux_session) VALUES ('w', 'ws', 'n', '/r', 's');
    INSERT INTO agents (id, workspace_id, type, tmux_pane) VALUES ('a', 'w', 'codex', '1');
    INSERT INTO queue_items (id, agent_id, type, position, payload_json, attempts)
      VALUES ('q', 'a', 'message', 1, '{}', 3);
    INSERT INTO loops (id, name, repo_path, short_id, max_iterations) VALUES ('l', 'loop', '/r', NULL, 5);
    INSERT INTO loop_runs (id, loop_id) VALUES ('r', 'l');
    INSERT INTO loop_queue_items (id, loop_id, type, position, payload_json)
      VALUES ('i', 'l', 'pause', 1, '{}');`;

  const CHILDREN = ["workspaces", "agents", "queue_items", "loop_runs", "loop_queue_items"];

  test.each([
    [9, "loops"],
    [8, "loops"],
    [3, "queue_items"],
    [2, "nodes"],
  ])("%i builds %s anew and loses no row", (version, table) => {
    using db = unmigrated();
    migrateUp(db);
    db.run(FAMILY);
    const kept = [table, ...CHILDREN].filter((name) => version > 7 || !name.startsWith("loop"));
    const count = () => kept.map((name) => [name, db.query(`SELECT count(*) AS n FROM ${name}`).get()]);
    const before = count();
    migrateTo(db, VERSIONS[VERSIONS.indexOf(version) - 1] ?? 0);
    expect(count()).toEqual(before);
    expect(db.query("PRAGMA foreign_key_check").all()).toEqual([]);
    expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(db.query("PRAGMA foreign_keys").get()).toEqual({ foreign_keys: 1 });
  });

  test("009 gives rows without a short id one, because the column then demands it", () => {
    using db = unmigrated();
    migrateUp(db);
    db.run("INSERT INTO loops (id, name, repo_path) VALUES ('ABCDEF01-2345', 'a', '/r')");
    migrateTo(db, 8);
    expect(db.query("SELECT short_id FROM loops").get()).toEqual({ short_id: "abcdef01" });
  });

  test("keeps rows that were orphans before, and still refuses to make new ones", () => {
    using db = unmigrated();
    migrateUp(db);
    db.run("PRAGMA foreign_keys = OFF; INSERT INTO loop_runs (id, loop_id) VALUES ('r', 'gone')");
    migrateTo(db, 8);
    expect(db.query("SELECT id FROM loop_runs").all()).toEqual([{ id: "r" }]);
  });

  test("a failure names the migration and leaves its version recorded", () => {
    using db = unmigrated();
    migrateUp(db);
    db.run("CREATE VIEW of_others AS SELECT x FROM nowhere");
    expect(() => migrateTo(db, 8)).toThrow("rollback of migration 9 failed: ");
    expect(versions(db).at(-1)).toBe(9);
    expect(db.query("PRAGMA foreign_keys").get()).toEqual({ foreign_keys: 1 });
  });

  test("what would be lost is told per table before anything is done", () => {
    using db = unmigrated();
    migrateUp(db);
    db.run(`INSERT INTO teams (id, name) VALUES ('t1', 'a'), ('t2', 'b');
      INSERT INTO team_members (id, team_id, agent_id, role) VALUES ('m', 't1', 'x', 'leader');
      INSERT INTO team_tasks (id, team_id, payload_json) VALUES ('k', 't1', '{}')`);
    const plan = planRollback(db, { target: 13 });
    expect(plan.map(({ version }) => version)).toEqual([15, 14]);
    expect(rowsDroppedBy(db, plan)).toEqual([
      { table: "teams", rows: 2 },
      { table: "team_tasks", rows: 1 },
      { table: "team_members", rows: 1 },
    ]);
    expect(rollBack(db, plan)).toBe(2);
    expect(rowsDroppedBy(db, plan)).toEqual([]);
  });

  test("a copy of the database for the owner only is made beside it", () => {
    using store = new TemporaryStore();
    const db = store.open();
    db.run("INSERT INTO teams (id, name) VALUES ('t', 'kept')");
    const path = backUp(db, 15, Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(path).toBe(`${store.path}.bak-15-20260102T030405Z`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    using copy = openDatabase(path, { mode: "read", migrate: false });
    expect(copy.query("SELECT name FROM teams").all()).toEqual([{ name: "kept" }]);
    expect(schemaVersion(copy)).toBe(15);
    // A second one within the second takes nothing from the first.
    expect(backUp(db, 15, Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(`${path}-2`);
    expect(copy.query("SELECT name FROM teams").all()).toEqual([{ name: "kept" }]);
  });
});

describe("own tables", () => {
  const ownNames = (db: Db, type: string): string[] =>
    db
      .query<{ name: string }, [string]>(
        "SELECT name FROM sqlite_master WHERE name LIKE 'fx\\_%' ESCAPE '\\' AND type = ? ORDER BY name",
      )
      .all(type)
      .map(({ name }) => name);

  test("are made after the shared ones and recorded apart", () => {
    using db = openDatabase(":memory:", { mode: "write" });
    for (const table of ["fx_loops", "fx_outcomes", "fx_runs", "fx_schema", "fx_sessions"])
      expect(ownNames(db, "table")).toContain(table);
    const versions = OWN_SERIES.steps.map(({ version }) => ({ version }));
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
    expect(db.query<{ version: number }, []>("SELECT version FROM fx_schema").all()).toEqual(versions);
    expect(schemaVersion(db)).toBe(15);
  });

  test("stay when everything shared is rolled back, and their indexes return with the tables", () => {
    using db = openDatabase(":memory:", { mode: "write" });
    const [indexes, tables] = [ownNames(db, "index"), ownNames(db, "table")];
    expect(indexes.length).toBeGreaterThanOrEqual(10);
    migrateTo(db, 0);
    expect(ownNames(db, "table")).toEqual(tables);
    migrateUp(db);
    expect(ownNames(db, "index")).toEqual(indexes);
  });

  test("are not made by forge migrate on a file that never had them", () => {
    using db = unmigrated();
    migrateUp(db);
    migrateTo(db, 7);
    expect(ownNames(db, "table")).toEqual([]);
    expect(ownNames(db, "index")).toEqual([]);
  });
});

import { constants, Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, dataVersion, openDatabase } from "../../src/store/database.ts";
import { createLoop, listLoops } from "../../src/store/loops.ts";
import { schemaVersion } from "../../src/store/migrator.ts";
import { useWriteAheadLog } from "../../src/store/write-ahead-log.ts";
import { errorOf } from "../support/error-of.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const mode = (path: string): number => statSync(path).mode & 0o777;

describe("opening to write", () => {
  test("makes the file and the folders above it for the owner only", () => {
    using store = new TemporaryStore();
    const path = join(store.folder, "a/b/forge.db");
    closeDatabase(openDatabase(path, { mode: "write" }));
    expect(mode(path)).toBe(0o600);
    expect(mode(join(store.folder, "a"))).toBe(0o700);
    expect(mode(join(store.folder, "a/b"))).toBe(0o700);
  });

  test("gives the log files beside the database its permissions", () => {
    using store = new TemporaryStore();
    const db = store.open();
    createLoop(db, { name: "a", repoPath: "/r" }, Date.now());
    expect([mode(`${store.path}-wal`), mode(`${store.path}-shm`)]).toEqual([0o600, 0o600]);
  });

  test("sets the pragmas of the specification", () => {
    using store = new TemporaryStore();
    const db = store.open({ busyTimeoutMs: 1234 });
    const pragma = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() ?? {})[0];
    expect(pragma("busy_timeout")).toBe(1234);
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("foreign_keys")).toBe(1);
    expect(pragma("synchronous")).toBe(1);
    expect(pragma("recursive_triggers")).toBe(0);
    expect([pragma("page_size"), pragma("user_version"), pragma("application_id")]).toEqual([4096, 0, 0]);
  });

  test("leaves one file behind when the last connection is closed", () => {
    using store = new TemporaryStore();
    const db = openDatabase(store.path, { mode: "write" });
    createLoop(db, { name: "a", repoPath: "/r" }, Date.now());
    closeDatabase(db);
    expect(readdirSync(store.folder)).toEqual(["forge.db"]);
  });
});

describe("opening to read", () => {
  test("answers from an empty database where there is no file, and makes nothing", () => {
    using store = new TemporaryStore();
    const db = openDatabase(join(store.folder, "none/forge.db"), { mode: "read" });
    expect(listLoops(db)).toEqual([]);
    expect(schemaVersion(db)).toBe(15);
    closeDatabase(db);
    expect(readdirSync(store.folder)).toEqual([]);
  });

  test("takes a file without tables for an empty database (40 section 7)", () => {
    using store = new TemporaryStore();
    writeFileSync(store.path, "");
    expect(listLoops(store.open({ mode: "read" }))).toEqual([]);
  });

  test("leaves nothing beside the file", () => {
    using store = new TemporaryStore();
    closeDatabase(openDatabase(store.path, { mode: "write" }));
    const db = openDatabase(store.path, { mode: "read" });
    listLoops(db);
    closeDatabase(db);
    expect(readdirSync(store.folder)).toEqual(["forge.db"]);
  });
});

describe("a path that cannot be a database", () => {
  const cases = [
    ["40 edge cases, row 1: file is not SQLite", "file is not a database", text],
    ["40 edge cases, row 2: path is a directory", "unable to open database file", folder],
    ["40 section 7: the parent cannot be made", "unable to open database file", belowFile],
    ["40 section 7: empty path", "database path is required", () => ""],
  ] as const;

  function text(store: TemporaryStore): string {
    writeFileSync(store.path, "no database\n".repeat(100));
    return store.path;
  }
  function folder(store: TemporaryStore): string {
    mkdirSync(store.path);
    return store.path;
  }
  function belowFile(store: TemporaryStore): string {
    writeFileSync(store.path, "");
    return join(store.path, "forge.db");
  }

  for (const opening of ["read", "write"] as const) {
    test.each(cases)(`is told to who ${opening}s: %s`, (_row, cause, make) => {
      using store = new TemporaryStore();
      const path = make(store);
      // Below a file nothing can exist, so a reader finds nothing there.
      if (make === belowFile && opening === "read") return;
      const error = errorOf(() => openDatabase(path, { mode: opening }));
      expect(error.message).toBe(`database unavailable: ${cause}`);
      expect([error.code, error.exit]).toEqual(["ERR_PREFLIGHT", 2]);
      expect(error.hint).toBe("Check database path and permissions");
      expect(error.details).toEqual({ next_step: "Check database path" });
    });
  }

  test("is left as it was", () => {
    using store = new TemporaryStore();
    const path = text(store);
    const before = readFileSync(path, "utf8");
    errorOf(() => openDatabase(path, { mode: "write" }));
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(store.folder)).toEqual(["forge.db"]);
  });
});

test("a migration that fails at open is told with its number, and the file keeps what was there", () => {
  using store = new TemporaryStore();
  using foreign = new Database(store.path);
  foreign.run("CREATE TABLE nodes (id TEXT PRIMARY KEY); INSERT INTO nodes VALUES ('mine')");
  const { message } = errorOf(() => openDatabase(store.path, { mode: "write" }));
  expect(message).toStartWith("database unavailable: auto-migrate failed: migration 1 failed: ");
  expect(foreign.query("SELECT id FROM nodes").all()).toEqual([{ id: "mine" }]);
});

test("a file system without WAL is used with SQLite's own journal, after one warning (40 Do better 16)", () => {
  using store = new TemporaryStore();
  // This way of locking has no shared memory, as some network file systems have none.
  const { SQLITE_OPEN_URI, SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE } = constants;
  const flags = SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  using db = new Database(`file:${store.path}?vfs=unix-dotfile`, flags);
  const warnings: string[] = [];
  useWriteAheadLog(db, (text) => warnings.push(text));
  expect(warnings).toEqual(["warning: SQLite's WAL cannot be used here; journal mode is delete"]);
  db.run("CREATE TABLE works (x)");
});

test("a file that cannot be written keeps its journal mode and can be read", () => {
  using store = new TemporaryStore();
  using writer = new Database(store.path);
  writer.run("CREATE TABLE t (x)");
  using reader = new Database(store.path, { readonly: true });
  const warnings: string[] = [];
  useWriteAheadLog(reader, (text) => warnings.push(text));
  expect(warnings.length).toBe(1);
  expect(reader.query("SELECT * FROM t").all()).toEqual([]);
});

test("the data version changes with commits of other connections, and not with own ones", () => {
  using store = new TemporaryStore();
  const [own, other] = [store.open(), store.open()];
  const before = dataVersion(own);
  createLoop(own, { name: "a", repoPath: "/r" }, Date.now());
  expect(dataVersion(own)).toBe(before);
  createLoop(other, { name: "b", repoPath: "/r" }, Date.now());
  expect(dataVersion(own)).not.toBe(before);
});

test("a database that nothing is pending for is opened while another process holds the write lock", () => {
  using store = new TemporaryStore();
  const writer = store.open();
  writer.run("BEGIN IMMEDIATE");
  const started = performance.now();
  expect(listLoops(store.open({ mode: "read" }))).toEqual([]);
  expect(performance.now() - started).toBeLessThan(4000);
  writer.run("ROLLBACK");
});

test("a folder for the database is not made by a reader", () => {
  using store = new TemporaryStore();
  closeDatabase(openDatabase(join(store.folder, "deep/er/forge.db"), { mode: "read" }));
  expect(existsSync(join(store.folder, "deep"))).toBe(false);
});

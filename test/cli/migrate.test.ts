import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";

const databaseOf = (forge: Forge) => join(forge.dataDir, "forge.db");
const copies = (forge: Forge) => readdirSync(forge.dataDir).filter((name) => name.includes(".bak-"));

/** A database with one loop, brought up to date. */
function withLoop(): Forge {
  const forge = new Forge();
  addLoop(forge, { name: "alpha" });
  return forge;
}

describe("40 section 12 and 30 section 15: forge migrate", () => {
  test("on a fresh machine version is 0, everything is pending, and nothing is created", async () => {
    await using forge = new Forge();
    expect(await forge.must(["migrate", "version"])).toBe("Schema version: 0\n");
    expect(await forge.must(["migrate", "version", "--json"])).toBe('{"version":0}\n');
    expect(await forge.must(["migrate", "status"])).not.toContain("applied");
    expect(await forge.must(["migrate", "down"])).toBe("No migrations to roll back\n");
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("the captured session of 40 section 13", async () => {
    await using forge = new Forge();
    expect(await forge.must(["migrate", "up", "--to", "3"])).toBe("Migrated to version 3\n");
    const [header, dashes, first, , , fourth] = (await forge.must(["migrate", "status"])).split("\n");
    expect(header).toBe("VERSION  DESCRIPTION            STATUS   APPLIED AT");
    expect(dashes).toBe("-------  -----------            ------   ----------");
    expect(first).toMatch(/^1 {8}initial schema {9}applied {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(fourth).toBe("4        usage history          pending  -");
    expect(await forge.must(["migrate", "up"])).toBe("Applied 11 migration(s)\n");
    expect(await forge.must(["migrate", "up"])).toBe("No pending migrations\n");
    expect(await forge.must(["migrate", "version", "--json"])).toBe('{"version":15}\n');
  });

  test("status as JSON has capitalised keys in order", async () => {
    await using forge = new Forge();
    await forge.must(["migrate", "up", "--to", "1"]);
    const [first, second] = JSON.parse(await forge.must(["migrate", "status", "--json"]));
    expect(Object.keys(first)).toEqual(["Version", "Description", "Applied", "AppliedAt"]);
    expect(second).toEqual({
      Version: 2,
      Description: "node connection prefs",
      Applied: false,
      AppliedAt: "",
    });
  });

  test("up and down answer in JSON", async () => {
    await using forge = new Forge();
    expect(JSON.parse(await forge.must(["migrate", "up", "--json"]))).toEqual({ applied: 14, version: 15 });
    const answer = await forge.must(["migrate", "down", "-n", "2", "--json"]);
    expect(JSON.parse(answer)).toEqual({ rolled_back: 2, version: 13 });
  });

  const refused: [row: string, words: string[], message: string][] = [
    ["unknown target", ["up", "--to", "10"], "migration failed: target version 10 not found (max 15)"],
    ["target above all", ["up", "--to", "99"], "migration failed: target version 99 not found (max 15)"],
    ["negative target", ["up", "--to=-1"], "migration failed: target version -1 cannot be negative"],
    [
      "decision 19: up does not go down",
      ["up", "--to", "3"],
      "migration failed: target version 3 is below the current version 15",
    ],
    [
      "down does not go up",
      ["down", "--to", "99"],
      "migration failed: target version 99 is above the current version 15",
    ],
    ["down to no version", ["down", "--to", "10"], "migration failed: target version 10 not found (max 15)"],
    ["two ways at once", ["down", "--to", "3", "-n", "1"], "use either --steps or --to, not both"],
    ["--to with a non-number", ["up", "--to", "x"], 'invalid argument "x" for "--to" flag: '],
    ["-n with a non-number", ["down", "-n", "x"], 'invalid argument "x" for "-n, --steps" flag: '],
    ["unknown subcommand", ["sideways"], "unknown migrate subcommand 'sideways'"],
  ];
  for (const [row, words, message] of refused) {
    test(`40 edge cases: ${row} changes nothing, exit 1`, async () => {
      await using forge = new Forge();
      await forge.must(["migrate", "up"]);
      const { code, stdout, stderr } = await forge.run(["migrate", ...words]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toStartWith(message);
      expect(await forge.must(["migrate", "version"])).toBe("Schema version: 15\n");
    });
  }

  for (const steps of ["0", "-1"]) {
    test(`40 edge cases: down -n ${steps} rolls nothing back`, async () => {
      await using forge = new Forge();
      await forge.must(["migrate", "up"]);
      expect(await forge.must(["migrate", "down", "-n", steps])).toBe("No migrations to roll back\n");
    });
  }

  test("40 edge cases: down -n 100 rolls back everything and leaves an empty schema_version", async () => {
    await using forge = new Forge();
    await forge.must(["migrate", "up"]);
    expect(await forge.must(["migrate", "down", "-n", "100"])).toBe("Rolled back 14 migration(s)\n");
    expect(await forge.must(["migrate", "version"])).toBe("Schema version: 0\n");
  });

  test("40 edge cases: a hole is filled by up", async () => {
    await using forge = new Forge();
    await forge.must(["migrate", "up"]);
    const db = new Database(databaseOf(forge));
    db.run("DELETE FROM schema_version WHERE version = 12");
    db.close();
    expect(await forge.must(["migrate", "up"])).toBe("Applied 1 migration(s)\n");
  });

  test("40 edge cases: a newer database is used, and down is refused", async () => {
    await using forge = new Forge();
    await forge.must(["migrate", "up"]);
    const db = new Database(databaseOf(forge));
    db.run("INSERT INTO schema_version (version, description) VALUES (99, 'later')");
    db.close();
    expect(await forge.must(["migrate", "version"])).toBe("Schema version: 99\n");
    expect(await forge.must(["ps"])).toBe("No loops found\n");
    const { code, stderr } = await forge.run(["migrate", "down"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "rollback failed: database has newer migrations (99)\n",
    });
  });

  test("rows are not lost without a yes: --json and --non-interactive are none", async () => {
    await using forge = withLoop();
    const before = await forge.must(["migrate", "version"]);
    for (const flag of ["--json", "--non-interactive"]) {
      const { code, stdout, stderr } = await forge.run(["migrate", "down", "--to", "6", flag]);
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(/rollback would drop \d+ row\(s\) in .*loops.*; pass --yes/);
    }
    expect(await forge.must(["migrate", "version"])).toBe(before);
    expect(copies(forge)).toEqual([]);
  });

  test("with --yes a copy is made first, readable by the owner only, and it still has the rows", async () => {
    await using forge = withLoop();
    const { code, stderr } = await forge.run(["migrate", "down", "--to", "6", "--yes"]);
    expect(code).toBe(0);
    const [copy] = copies(forge);
    expect(stderr).toBe(`Copy of the database: ${join(forge.dataDir, copy ?? "")}\n`);
    const db = new Database(join(forge.dataDir, copy ?? ""), { readonly: true });
    expect(db.query("SELECT name FROM loops").all()).toEqual([{ name: "alpha" }]);
    db.close();
  });

  test("on a terminal the question can be answered with no", async () => {
    await using forge = withLoop();
    await using terminal = forge.terminal(["migrate", "down", "--to", "6"]);
    await terminal.shows("Continue? [y/N]: ");
    terminal.type("n\n");
    expect(await terminal.ends()).toBe(0);
    expect(terminal.output).toContain("Cancelled.");
    expect(await forge.must(["migrate", "version"])).toBe("Schema version: 15\n");
  });
});

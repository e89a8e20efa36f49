import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FixtureName, fixturesAreMissing, installFixture } from "../support/fixtures.ts";
import { Forge } from "../support/forge.ts";

/** What each database of another implementation holds: its loops and their runs, as `ps` shows them. */
const LOOPS: Record<FixtureName, Record<string, number>> = {
  go: { builder: 3, reviewer: 2, unlucky: 2 },
  rust: { builder: 2 },
};

if (fixturesAreMissing)
  console.log("skipped: ../shared/fixtures is not here, so nothing of others can be opened");

describe.skipIf(fixturesAreMissing)("data of other implementations", () => {
  for (const name of ["go", "rust"] as const) {
    test(`${name}: ps shows the loops with their runs and pending items`, async () => {
      await using forge = new Forge();
      installFixture(name, forge);
      const loops = JSON.parse(await forge.must(["ps", "--json"]));
      const runs = Object.fromEntries(
        loops.map((loop: { name: string; runs: number }) => [loop.name, loop.runs]),
      );
      expect(runs).toEqual(LOOPS[name]);
      expect(loops[0]).toMatchObject({
        name: "builder",
        state: "stopped",
        pending_queue: 1,
        repo_path: forge.repo,
      });
    });

    test(`${name}: a loop runs on, delivers its queued message, and appends to its old log and ledger`, async () => {
      await using forge = new Forge();
      installFixture(name, forge);
      const log = join(forge.dataDir, "logs/loops/builder.log");
      const ledger = join(forge.repo, ".forge/ledgers/builder.md");
      const before = { log: readFileSync(log, "utf8"), ledger: readFileSync(ledger, "utf8") };

      await forge.must(["run", "builder"]);

      const after = { log: readFileSync(log, "utf8"), ledger: readFileSync(ledger, "utf8") };
      expect(after.log).toStartWith(before.log);
      expect(after.ledger).toStartWith(before.ledger);
      expect(after.log.slice(before.log.length)).toMatch(
        /^\[\S+Z\] loop started\n\[\S+Z\] run \S+ start \(profile=\S+\)\nagent ran\n$/,
      );
      expect(after.ledger.slice(before.ledger.length)).toMatch(
        /^## \S+Z\n\n- run_id: \S+\n- loop_name: builder\n/,
      );
      const [builder] = JSON.parse(await forge.must(["ps", "--json"]));
      expect(builder).toMatchObject({
        runs: (LOOPS[name].builder ?? 0) + 1,
        state: "stopped",
        pending_queue: 0,
        last_exit_code: 0,
      });
    });

    test(`${name}: afterwards the file is sound and the shared schema is as another implementation made it`, async () => {
      await using forge = new Forge();
      installFixture(name, forge);
      await forge.must(["run", "builder"]);
      using db = new Database(join(forge.dataDir, "forge.db"), { readwrite: true, create: false });
      expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
      expect(db.query("PRAGMA foreign_key_check").all()).toEqual([]);
      const version = db.query("SELECT max(version) AS version FROM schema_version").get();
      expect(version).toEqual({ version: 15 });
    });
  }

  test("go: a pinned profile that fails is recorded with its exit code", async () => {
    await using forge = new Forge();
    installFixture("go", forge);
    await forge.must(["run", "unlucky"]);
    const loops = JSON.parse(await forge.must(["ps", "--json"]));
    expect(loops.at(-1)).toMatchObject({
      name: "unlucky",
      runs: 3,
      last_exit_code: 1,
      last_error: "exit status 1",
    });
  });
});

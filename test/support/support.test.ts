import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fixturesAreMissing, installFixture } from "./fixtures.ts";
import { Forge } from "./forge.ts";
import { waitFor } from "./wait-for.ts";

test("a program in the sandbox sees the sandbox and nothing of the caller's environment", async () => {
  process.env.FORGE_DATA_DIR = "/nowhere";
  await using forge = new Forge();
  const { code, stdout } = await forge.program(["env"]);
  delete process.env.FORGE_DATA_DIR;
  const names = stdout
    .trim()
    .split("\n")
    .map((line) => line.split("=")[0]);
  expect(code).toBe(0);
  expect(names.sort()).toEqual(["HOME", "LANG", "PATH", "SANDBOX", "TMPDIR", "TZ"]);
});

test("the end by a signal and the end by time are told as shells tell them", async () => {
  await using forge = new Forge();
  expect((await forge.program(["sh", "-c", "kill -TERM $$"])).code).toBe(143);
  expect((await forge.program(["sleep", "60"], { timeoutMs: 50 })).code).toBe(137);
});

test("disposing of a sandbox ends what it left running, detached or not, and removes its folder", async () => {
  let folder = "";
  {
    await using forge = new Forge();
    folder = forge.folder;
    await forge.program(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & sleep 601 >/dev/null 2>&1 &"]);
    await waitFor(() => forge.processes().length >= 2, { what: "two sleepers" });
  }
  expect(existsSync(folder)).toBe(false);
});

test("a terminal run is on a terminal of the size asked for, shows what is typed for, and gives its exit code", async () => {
  await using forge = new Forge();
  const script = '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && stty size; read name; echo "hello $name"; exit 3';
  await using shell = forge.terminalOf(["sh", "-c", script], { columns: 100, rows: 30 });
  await shell.shows("30 100");
  shell.type("forge\n");
  await shell.shows("hello forge");
  expect(await shell.ends()).toBe(3);
});

test.skipIf(fixturesAreMissing)(
  "an installed fixture names no path of the machine that made it",
  async () => {
    await using forge = new Forge();
    installFixture("go", forge);
    using database = new Database(join(forge.dataDir, "forge.db"));
    const paths = database
      .query("SELECT repo_path, log_path, ledger_path FROM loops WHERE name = 'builder'")
      .get();
    expect(paths).toEqual({
      repo_path: forge.repo,
      log_path: join(forge.dataDir, "logs/loops/builder.log"),
      ledger_path: join(forge.repo, ".forge/ledgers/builder.md"),
    });
    expect((await forge.program(["sh", "-c", "~/bin/agent.sh"])).code).toBe(0);
    expect((await forge.program(["sh", "-c", "~/bin/fail.sh"])).code).toBe(1);
  },
);

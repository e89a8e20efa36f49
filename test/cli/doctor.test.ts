import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";
import { addWorkspace } from "../support/places.ts";
import { waitFor } from "../support/wait-for.ts";

interface Check {
  category: string;
  name: string;
  status: string;
  details?: string;
  error?: string;
}

/** The report, and one check of it by name. */
async function examined(forge: Forge, words: string[] = [], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await forge.run(["doctor", "--json", ...words], { env });
  expect(stderr).toBe("");
  const report = JSON.parse(stdout);
  const check = (name: string): Check => report.checks.find((some: Check) => some.name === name);
  return { code, report, check };
}

/** A PATH of these programs, each a shell script, and nothing else but `sh`. */
function pathOf(forge: Forge, programs: Record<string, string>): string {
  const folder = join(forge.folder, "bin");
  mkdirSync(folder);
  symlinkSync("/bin/sh", join(folder, "sh"));
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

const WELL = {
  tmux: "echo tmux 3.10",
  git: "echo git version 2.50",
  ssh: "echo OpenSSH_10 >&2",
  opencode: "echo 1.2.3",
  codex: "echo codex 0.5",
};

const databaseOf = (forge: Forge) => join(forge.dataDir, "forge.db");

describe("30 section 14: forge doctor", () => {
  test("a fresh machine: nothing has failed, the data directory is made, the database is not", async () => {
    await using forge = new Forge();
    const PATH = pathOf(forge, WELL);
    const { code, report, check } = await examined(forge, [], { PATH });
    expect(code).toBe(0);
    expect(report.checks.map(({ category, name, status }: Check) => `${category} ${name} ${status}`)).toEqual(
      [
        "dependencies tmux pass",
        "dependencies git pass",
        "dependencies ssh pass",
        "dependencies opencode pass",
        "agent harness:codex pass",
        "agent harness:claude warn",
        "agent harness:opencode pass",
        "agent harness:droid warn",
        "agent versions pass",
        "config config_file warn",
        "config data_directory pass",
        "config unknown_keys pass",
        "config permissions pass",
        "database connection pass",
        "database migrations skip",
        "database integrity skip",
        "nodes count warn",
        "runtime supervisor pass",
        "runtime orphans pass",
      ],
    );
    expect(report.summary).toEqual({ total: 19, passed: 13, warnings: 4, failed: 0, skipped: 2 });
    expect(report.checked_at).toMatch(/^\d{4}-.*Z$/);
    expect(check("tmux").details).toBe("3.10");
    expect(check("ssh").details).toBe("OpenSSH_10");
    expect(check("versions").details).toBe("codex codex 0.5; opencode 1.2.3");
    expect(check("harness:claude").details).toBe(
      "interactive_agent=true, reliable_idle_detection=true, approval_signal=true, default_mode=interactive; binary not found in PATH",
    );
    expect(check("harness:opencode").details).toBe(
      "interactive_agent=true, reliable_idle_detection=false, approval_signal=false, default_mode=interactive",
    );
    expect(check("config_file").error).toBe("not found (using defaults)");
    expect(check("data_directory").details).toBe(`${forge.dataDir} (created)`);
    expect(check("connection").details).toBe(`${databaseOf(forge)} (not created yet)`);
    expect(check("count").error).toBe("no nodes configured");
    expect(statSync(forge.dataDir).mode & 0o777).toBe(0o700);
    expect(existsSync(databaseOf(forge))).toBe(false);
  });

  test("people get sections, marks and a summary", async () => {
    await using forge = new Forge();
    const { stdout } = await forge.run(["doctor"], {
      env: { PATH: pathOf(forge, { ...WELL, tmux: "echo tmux 2.9a" }) },
    });
    expect(stdout).toStartWith("Forge Doctor\n============\n\nDEPENDENCIES:\n  [!] tmux ");
    expect(stdout).toMatch(/^ {2}\[!\] tmux +version 2\.9a \(3\.0\+ recommended\)$/m);
    expect(stdout).toMatch(/^ {2}\[\u2713\] git +git version 2\.50$/m);
    expect(stdout).toMatch(/^ {2}\[-\] migrations +no database$/m);
    expect(stdout).toMatch(/\n\nNODES:\n {2}\[!\] count +no nodes configured\n\nRUNTIME:\n/);
    expect(stdout).toEndWith("\n\nSummary: 12 passed, 5 warnings, 0 failed\n");
  });

  test("a missing program that is needed fails the whole, in every form", async () => {
    await using forge = new Forge();
    const PATH = pathOf(forge, { tmux: "exit 1" });
    const { code, check } = await examined(forge, [], { PATH });
    expect(code).toBe(1);
    for (const name of ["git", "ssh"])
      expect(check(name)).toMatchObject({ status: "fail", error: "not found in PATH" });
    expect(check("tmux")).toMatchObject({ status: "pass", details: "version unknown" });
    expect(check("opencode")).toMatchObject({ status: "warn", error: "not found in PATH" });
    expect(check("versions")).toMatchObject({ status: "warn", error: "no agent CLI found in PATH" });
    const text = await forge.run(["doctor"], { env: { PATH } });
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^ {2}\[\u2717\] git +not found in PATH$/m);
  });

  test("configuration: what cannot be loaded fails, unknown keys are named with the nearest, and the effective paths count", async () => {
    await using forge = new Forge();
    mkdirSync(forge.configDir, { recursive: true });
    const file = join(forge.configDir, "config.yaml");
    writeFileSync(file, "logging:\n  levle: debug\n");
    const moved = join(forge.folder, "moved");
    mkdirSync(moved, { mode: 0o755 });
    chmodSync(moved, 0o755);
    const odd = await examined(forge, [], { FORGE_DATA_DIR: moved });
    expect(odd.check("config_file")).toMatchObject({ status: "pass", details: file });
    expect(odd.check("unknown_keys")).toMatchObject({
      status: "warn",
      error: `${file}:2:10: unknown key: logging.levle (did you mean level?)`,
    });
    expect(odd.check("data_directory").details).toBe(moved);
    expect(odd.check("permissions")).toMatchObject({
      status: "warn",
      error: `others can read ${moved} (mode 0755): chmod 700 ${moved}`,
    });
    writeFileSync(file, "logging:\n  level: loud\n");
    const broken = await examined(forge);
    expect(broken.code).toBe(1);
    expect(broken.check("config_file")).toMatchObject({
      status: "fail",
      error:
        "Error loading config: config validation failed: logging.level must be one of debug, info, warn, error",
    });
    expect(broken.check("data_directory").status).toBe("skip");
    expect(broken.check("connection")).toBeUndefined();
  });

  test("a repository configuration that is passed over in part is told", async () => {
    await using forge = new Forge();
    mkdirSync(join(forge.repo, ".forge"));
    writeFileSync(join(forge.repo, ".forge/forge.yaml"), "fmail:\n  inject: some\n");
    expect((await examined(forge)).check("repo_config")).toMatchObject({
      status: "warn",
      error: "fmail.inject must be one of none, dm, all",
    });
  });

  test("a database is looked at as it lies there: nothing is migrated", async () => {
    await using forge = new Forge();
    addWorkspace(forge, { id: "w", name: "w" });
    const well = await examined(forge);
    expect(well.check("connection")).toMatchObject({ status: "pass", details: databaseOf(forge) });
    expect(well.check("migrations").details).toBe("14 applied");
    expect(well.check("integrity").status).toBe("pass");
    expect(well.check("count").details).toBe("1 node(s)");
    expect(well.check("node:local").details).toBe("all checks passed");
    await forge.must(["migrate", "down", "--yes"]);
    const pending = await examined(forge);
    expect(pending.check("migrations")).toMatchObject({
      status: "warn",
      error: "1 pending (run 'forge migrate up')",
    });
    expect(await forge.must(["migrate", "version"])).toBe("Schema version: 14\n");
  });

  test("of many nodes twenty are shown", async () => {
    await using forge = new Forge();
    addLoop(forge, { name: "a" });
    using db = new Database(databaseOf(forge));
    for (let index = 0; index < 22; index++)
      db.run("INSERT INTO nodes (id, name, status) VALUES (?, ?, ?)", [
        `n${index}`,
        `n${index}`,
        index === 0 ? "offline" : "online",
      ]);
    const { report, check } = await examined(forge);
    expect(report.checks.filter(({ name }: Check) => name.startsWith("node:"))).toHaveLength(20);
    expect(check("truncated")).toMatchObject({ status: "skip", details: "2 more" });
    expect(check("node:n0")).toMatchObject({ status: "warn", error: "offline" });
  });

  test("a file that is no database, and rows without their parent", async () => {
    await using forge = new Forge();
    addLoop(forge, { name: "a" });
    {
      using db = new Database(databaseOf(forge));
      db.run("PRAGMA foreign_keys = OFF");
      db.run("INSERT INTO loop_kv (id, loop_id, key, value) VALUES ('1', 'gone', 'k', 'v')");
    }
    expect((await examined(forge)).check("integrity")).toMatchObject({
      status: "warn",
      error: "rows without their parent: loop_kv -> loops: 1",
    });
    writeFileSync(
      databaseOf(forge),
      "this is no database, but long enough to be looked at as one ".repeat(20),
    );
    const { code, check } = await examined(forge);
    expect(code).toBe(1);
    expect(check("connection").status).toBe("fail");
    expect(check("integrity").status).toBe("skip");
  });
});

describe("30 section 14: forge doctor --fix", () => {
  test("what the schema lacks is made again", async () => {
    await using forge = new Forge();
    addLoop(forge, { name: "a" });
    {
      using db = new Database(databaseOf(forge));
      for (const part of [
        "TABLE fx_sessions",
        "INDEX fx_ix_loop_runs_started",
        "TRIGGER update_loops_timestamp",
      ])
        db.run(`DROP ${part}`);
    }
    const { code, check } = await examined(forge);
    expect(code).toBe(1);
    expect(check("integrity").error?.split("; ").toSorted()).toEqual([
      "missing index fx_ix_loop_runs_started",
      "missing table fx_sessions",
      "missing trigger update_loops_timestamp",
    ]);
    const fixed = await examined(forge, ["--fix"]);
    expect(fixed.report.fixed.toSorted()).toEqual([
      "made index fx_ix_loop_runs_started again",
      "made table fx_sessions again",
      "made trigger update_loops_timestamp again",
    ]);
    expect(fixed.check("integrity").status).toBe("pass");
    expect((await examined(forge, ["--fix"])).report.fixed).toEqual([]);
  });

  test("processes of runs that are over are ended, those of others and of runs that go on are not", async () => {
    await using forge = new Forge();
    const loop = addLoop(forge, { name: "a" });
    const start = (run: string) =>
      Bun.spawn(["sleep", "1000"], {
        env: { ...forge.env, FORGE_RUN_ID: run },
        stdio: ["ignore", "ignore", "ignore"],
      });
    const [orphan, busy, stranger] = [start("run-over"), start("run-on"), start("run-of-others")];
    {
      using db = new Database(databaseOf(forge));
      for (const [run, phase] of [
        ["run-over", "recorded"],
        ["run-on", "spawned"],
      ] as const)
        db.run("INSERT INTO fx_runs (run_id, loop_id, kind, phase) VALUES (?, ?, 'main', ?)", [
          run,
          loop.id,
          phase,
        ]);
    }
    const { check } = await examined(forge);
    expect(check("orphans")).toMatchObject({
      status: "warn",
      error: `processes of runs that are over: run run-over (pid ${orphan.pid}); forge doctor --fix ends them`,
    });
    const { stdout } = await forge.run(["doctor", "--fix"]);
    expect(stdout).toStartWith("fixed: ended the processes of run run-over\nForge Doctor\n");
    expect(stdout).toMatch(/orphans +none$/m);
    expect(await orphan.exited).not.toBe(0);
    expect([busy.exitCode, stranger.exitCode]).toEqual([null, null]);
  });

  test("a socket that nobody listens on and locks of loops that are gone are removed, others stay", async () => {
    await using forge = new Forge();
    const loop = addLoop(forge, { name: "a" });
    const runners = join(forge.dataDir, "runners");
    mkdirSync(runners);
    const [socket, gone, kept] = [
      join(forge.dataDir, "forged.sock"),
      join(runners, "gone.lock"),
      join(runners, `${loop.id}.lock`),
    ];
    for (const path of [socket, gone, kept]) writeFileSync(path, "");
    expect((await examined(forge)).check("supervisor")).toMatchObject({
      status: "warn",
      error: `not running; stale socket ${socket}`,
    });
    const { report } = await examined(forge, ["--fix"]);
    expect(report.fixed).toEqual([`removed ${socket}`, `removed ${gone}`]);
    expect([socket, gone, kept].map((path) => existsSync(path))).toEqual([false, false, true]);
  });

  test("a supervisor that runs is well and is left alone", async () => {
    await using forge = new Forge();
    await forge.must(["daemon", "start"]);
    const { check, report } = await examined(forge, ["--fix"]);
    expect(check("supervisor").details).toMatch(/^forged \S+ \(pid \d+\)$/);
    expect(report.fixed).toEqual([]);
    await forge.must(["daemon", "status"]);
    await forge.must(["daemon", "stop"]);
    await waitFor(() => forge.processes().length === 0, { what: "the supervisor to end" });
  });

  test("on a terminal it asks first, and no is no", async () => {
    await using forge = new Forge();
    mkdirSync(forge.dataDir, { recursive: true });
    const socket = join(forge.dataDir, "forged.sock");
    writeFileSync(socket, "");
    await using terminal = forge.terminal(["doctor", "--fix"]);
    await terminal.shows("Continue? [y/N]: ");
    terminal.type("n\n");
    await terminal.ends();
    expect(existsSync(socket)).toBe(true);
  });
});

import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fixturesAreMissing, installFixture } from "../support/fixtures.ts";
import { forgeExecutable } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";
import { LogsSandbox } from "./log-view/logs-sandbox.ts";

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join("");

describe("20 section 16: forge logs", () => {
  test("shows the last 50 lines below the name, -n as many as it says, and 50 for what is not positive", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", numbered(60));
    const shown = (await forge.must(["logs", "a"])).split("\n");
    expect(shown.slice(0, 2)).toEqual(["==> a <==", "line 11"]);
    expect(shown).toHaveLength(52);
    expect(await forge.must(["log", "a", "-n", "2"])).toBe("==> a <==\nline 59\nline 60\n");
    for (const count of ["0", "-3"])
      expect(await forge.must(["logs", "a", `-n=${count}`])).toBe(await forge.must(["logs", "a"]));
  });

  test("a last line without its end is shown too", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "one\ntwo");
    expect(await forge.must(["logs", "a"])).toBe("==> a <==\none\ntwo\n");
  });

  test("an empty log shows its name only", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "");
    expect(await forge.must(["logs", "a"])).toBe("==> a <==\n");
  });

  test("the log of a loop without a stored path lies at the default place", async () => {
    await using forge = new LogsSandbox();
    forge.loop("Uni Code!", undefined, { logPath: undefined });
    writeFileSync(forge.log("uni-code"), "hello\n");
    expect(await forge.must(["logs", "Uni Code!"])).toBe("==> Uni Code! <==\nhello\n");
  });

  test("--all shows all loops of the repository and no others; --quiet drops names and blank lines", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "one\n");
    forge.loop("b", "two");
    forge.loop("elsewhere", "three\n", { repoPath: "/elsewhere" });
    expect(await forge.must(["logs", "--all"])).toBe("==> a <==\none\n\n==> b <==\ntwo\n");
    expect(await forge.must(["logs", "--all", "--quiet"])).toBe("one\ntwo\n");
    expect(await forge.must(["logs", "--all"], { cwd: "/" }).catch(String)).toContain("no loops matched");
  });

  test("--raw prints the bytes untouched", async () => {
    await using forge = new LogsSandbox();
    const bytes = Buffer.concat([
      Buffer.from("user\r\n\u001b[2J"),
      Buffer.from([0xff, 0]),
      Buffer.from("\nend"),
    ]);
    forge.loop("a", bytes);
    forge.loop("b", "user\n");
    const { stdout } = Bun.spawnSync([forgeExecutable, "logs", "a", "--raw", "--quiet"], {
      cwd: forge.repo,
      env: forge.env,
    });
    expect(stdout.equals(bytes)).toBe(true);
    expect(await forge.must(["logs", "--all", "--raw"])).toEndWith("\nend\n\n==> b <==\nuser\n");
    expect(await forge.must(["logs", "b", "--raw"], { env: { FORCE_COLOR: "1" } })).toBe("==> b <==\nuser\n");
  });

  test("renders with colour where it is asked for, and folds with --compact", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "user\nthinking\nx\ny\nz\n");
    expect(await forge.must(["logs", "a", "--compact", "-n", "4"])).toBe(
      "==> a <==\nthinking\n  ... (3 thinking lines collapsed)\n",
    );
    expect(await forge.must(["logs", "a"], { env: { FORCE_COLOR: "1" } })).toContain(
      "\n\u001b[1m\u001b[35muser\u001b[0m\n",
    );
    expect(await forge.must(["logs", "a", "--no-color"], { env: { FORCE_COLOR: "1" } })).not.toContain(
      "\u001b",
    );
  });

  test("the example of the specification: --no-color shows what differs", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-let a = 1;\n+let a = 2;\n");
    // The tail is cut before anything is rendered: without the hunk's first line these are no changes.
    expect(await forge.must(["logs", "a", "-n", "2", "--no-color"])).toEndWith("-let a = 1;\n+let a = 2;\n");
    expect(await forge.must(["logs", "a", "--no-color"])).toEndWith("-let a = [-1-];\n+let a = {+2+};\n");
  });

  test("--layer shows only some of the lines", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "user\ntext\nerror: x\n");
    expect(await forge.must(["logs", "a", "--layer", "errors", "--quiet"])).toBe("[ERROR] error: x\n");
  });

  test("--jsonl and --json give each line with its loop, time and kind", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "[2026-01-02T03:04:05Z] loop started\r\nuser\n");
    const entries = [
      {
        loop: "a",
        time: "2026-01-02T03:04:05Z",
        kind: "status-line",
        text: "[2026-01-02T03:04:05Z] loop started",
      },
      { loop: "a", kind: "role-marker", text: "user" },
    ];
    const lines = (await forge.must(["logs", "a", "--jsonl"])).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(entries);
    expect(JSON.parse(await forge.must(["logs", "a", "--json"]))).toEqual(entries);
  });

  test.skipIf(fixturesAreMissing)("reads the logs that other implementations left", async () => {
    await using forge = new LogsSandbox();
    installFixture("go", forge);
    const shown = await forge.must(["logs", "builder", "-n", "3"]);
    expect(shown).toBe(
      "==> builder <==\nagent working in acme\nprompt bytes: 254\n[2026-11-22T23:02:44Z] max iterations reached (3)\n",
    );
  });
});

describe("20 section 16.1: --since", () => {
  const log = (() => {
    const stamp = (hours: number) =>
      `[${new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 19)}Z]`;
    return `start\n${stamp(50)} old\nof old\n${stamp(2)} newer\nof newer\n${stamp(0.1)} new\n`;
  })();
  const shown = async (forge: LogsSandbox, ...words: string[]) =>
    (await forge.must([...words, "--quiet"])).replaceAll(/\[.*?\] /g, "");

  test("takes durations, days and times, before the command too, and counts -n after it", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", log);
    expect(await shown(forge, "logs", "a", "--since", "1h")).toBe("start\nnew\n");
    expect(await shown(forge, "logs", "a", "--since", "1.5d")).toBe("start\nnewer\nof newer\nnew\n");
    expect(await shown(forge, "--since", "3h", "logs", "a", "-n", "2")).toBe("of newer\nnew\n");
    expect(await shown(forge, "--since", "3h", "logs", "a", "--since", "1h")).toBe("start\nnew\n");
    expect(await shown(forge, "logs", "a", "--since", "2000-01-01")).toBe(log.replaceAll(/\[.*?\] /g, ""));
    expect(await shown(forge, "logs", "a", "--since", "now", "-n", "1")).toBe("start\n");
    expect(await shown(forge, "logs", "a", "--raw", "--since", "1h")).toBe("start\nnew\n");
  });
});

describe("20, edge cases and bad input: forge logs", () => {
  const cases: [row: string, words: string[], message: RegExp | string, code?: number][] = [
    ["`logs`", ["logs"], "loop name required (or use --all)"],
    ['`logs ""`', ["logs", ""], "loop name required (or use --all)"],
    ['`logs " "`', ["logs", " "], "loop name or ID required"],
    ["`logs a b`", ["logs", "a", "b"], "accepts at most 1 arg(s), received 2"],
    ["name in other case", ["logs", "A"], /^loop 'A' not found. Example input: 'a' or '[a-z0-9]{8}'$/],
    ["loop of another repository", ["logs", "far", "--all"], /^loop 'far' not found. Example input: 'a' or /],
    ["log file deleted", ["logs", "gone"], /^open \S+gone.log: no such file or directory$/],
    ["log is a folder", ["logs", "folder"], /^failed to open \S+folder.log: is a directory$/, 2],
    [
      "invalid --since (16.1)",
      ["logs", "a", "--since", "x"],
      `invalid time format: "x" (use duration like '1h' or timestamp like '2024-01-15T10:30:00Z')`,
    ],
    ["invalid layer", ["logs", "a", "--layer", "x"], 'invalid layer "x"'],
    ["--follow with --json", ["logs", "a", "-f", "--json"], /--follow requires --jsonl output format/],
  ];
  test("messages and exit codes", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "one\n");
    forge.loop("gone");
    mkdirSync(forge.loop("folder"));
    forge.loop("far", "x\n", { repoPath: "/elsewhere" });
    for (const [row, words, message, code = 1] of cases) {
      const result = await forge.run(words);
      const said = (words.includes("--json") ? result.stdout : result.stderr).trimEnd();
      expect([row, said, result.code]).toEqual([row, expect.stringMatching(message), code]);
      if (!words.includes("--json")) expect(result.stdout).toBe("");
    }
  });

  test("`logs x` on a fresh machine: not found, and nothing is made", async () => {
    await using forge = new LogsSandbox();
    rmSync(join(forge.home, ".local"), { recursive: true });
    const { code, stderr } = await forge.run(["logs", "x"]);
    expect([code, stderr]).toEqual([1, "loop 'x' not found (no loops registered yet)\n"]);
    expect(() => readFileSync(forge.dataDir)).toThrow("no such file");
  });

  test("--all with one log missing shows the others, says so, and exits 1", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "one\n");
    const gone = forge.loop("gone");
    forge.loop("z", "two\n");
    expect(await forge.run(["logs", "--all"])).toEqual({
      code: 1,
      stdout: "==> a <==\none\n\n==> z <==\ntwo\n",
      stderr: `open ${gone}: no such file or directory\n`,
    });
  });

  test("log with invalid UTF-8, CRLF and a line of 1 MB", async () => {
    await using forge = new LogsSandbox();
    const long = "x".repeat(1_000_000);
    forge.loop(
      "a",
      Buffer.concat([Buffer.from([0x61, 0xff, 0x62, 0xc3]), Buffer.from(`\nuser\r\n${long}\r\n`)]),
    );
    expect(await forge.must(["logs", "a", "--quiet"])).toBe(`a\ufffdb\ufffd\n>> user\n${long}\n`);
  });

  test("the log of an agent cannot steer the terminal that shows it", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "\u001b]0;owned\u0007\u001b[2Jhello\u0007\n");
    await using terminal = forge.terminal(["logs", "a"]);
    expect(await terminal.ends()).toBe(0);
    await terminal.shows("hello\\x07");
    expect(terminal.output).not.toContain("\u001b");
  });

  test("a reader that goes away ends the program quietly", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", numbered(200_000));
    const { code, stdout, stderr } = await forge.program(["sh", "-c", "forge logs a -n 200000 | head -n 2"]);
    expect([code, stdout, stderr]).toEqual([0, "==> a <==\nline 1\n", ""]);
  });
});

describe("20 section 16.2: --follow", () => {
  test("shows the tail, then each line when it is complete; SIGINT ends it with 130, SIGTERM with 0", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "one\ntwo\npart");
    await using log = forge.follow(["a", "-n", "2"]);
    await log.shows("==> a <==\ntwo\n");
    appendFileSync(path, "ial\nthree\nfo");
    await log.shows("==> a <==\ntwo\npartial\nthree\n");
    appendFileSync(path, "ur\n");
    await log.shows("==> a <==\ntwo\npartial\nthree\nfour\n");
    expect(await log.endsBy("SIGINT")).toEqual({ code: 130, stderr: "" });

    await using again = forge.follow(["a", "-n", "1"]);
    await again.shows("==> a <==\nfour\n");
    expect(await again.endsBy("SIGTERM")).toEqual({ code: 0, stderr: "" });
  });

  test("the state of rendering carries over: an open fence, a diff that waits for its pair", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "```\nuser\n");
    await using log = forge.follow(["a", "--quiet"]);
    await log.shows("```\nuser\n");
    appendFileSync(path, "codex\n```\n@@ -1 +1 @@\n-let a = 1;\n");
    await log.shows("```\nuser\ncodex\n```\n@@ -1 +1 @@\n");
    appendFileSync(path, "+let a = 2;\n");
    await log.shows("```\nuser\ncodex\n```\n@@ -1 +1 @@\n-let a = [-1-];\n+let a = {+2+};\n");
  });

  test("a changed line that stays the last one is shown after a while, and at the end", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "@@ -1 +1 @@\n+a\n");
    await using log = forge.follow(["a", "--quiet"]);
    await log.shows("@@ -1 +1 @@\n");
    await log.shows("@@ -1 +1 @@\n+a\n");
    appendFileSync(path, "x\n@@ -1 +1 @@\n+b\n");
    await log.shows("@@ -1 +1 @@\n+a\nx\n@@ -1 +1 @@\n");
    await log.endsBy("SIGTERM");
    expect(log.output).toBe("@@ -1 +1 @@\n+a\nx\n@@ -1 +1 @@\n+b\n");
  });

  test("30 section 21: goes on in the new file when the log is rotated, and misses nothing of the old one", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "```\n");
    await using log = forge.follow(["a", "--quiet"]);
    await log.shows("```\n");
    appendFileSync(path, "last of old\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "user\n");
    await log.shows("```\nlast of old\n>> user\n");
    renameSync(path, `${path}.1`);
    await log.shows("```\nlast of old\n>> user\n");
    appendFileSync(`${path}.1`, "late\n");
    await log.shows("```\nlast of old\n>> user\nlate\n");
    writeFileSync(path, "third\n");
    await log.shows("```\nlast of old\n>> user\nlate\nthird\n");
  });

  test("a log that is cut short is read from its beginning", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", numbered(10));
    await using log = forge.follow(["a", "-n", "1", "--quiet"]);
    await log.shows("line 10\n");
    const fd = openSync(path, "r+");
    ftruncateSync(fd);
    closeSync(fd);
    appendFileSync(path, "new\n");
    await log.shows("line 10\nnew\n");
  });

  test("a log that is not there yet is waited for, in a folder that is not there yet", async () => {
    await using forge = new LogsSandbox();
    rmSync(forge.logsDir, { recursive: true });
    const path = forge.loop("a");
    await using log = forge.follow(["a"]);
    await Bun.sleep(100);
    mkdirSync(forge.logsDir);
    writeFileSync(path, "hello\n");
    await log.shows("==> a <==\nhello\n");
    expect((await log.endsBy("SIGTERM")).stderr).toBe(
      `open ${path}: no such file or directory (waiting for it)\n`,
    );
  });

  test("several logs are followed at once, with the name where the source changes", async () => {
    await using forge = new LogsSandbox();
    const a = forge.loop("a", "one\n");
    const b = forge.loop("b", "two\n");
    await using log = forge.follow(["--all"]);
    const tails = "==> a <==\none\n\n==> b <==\ntwo\n";
    await log.shows(tails);
    appendFileSync(b, "three\n");
    await log.shows(`${tails}three\n`);
    appendFileSync(a, "four\n");
    await log.shows(`${tails}three\n\n==> a <==\nfour\n`);
  });

  test("with --since what is added is new, whatever stamps it or the lines above it carry", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "[2026-01-01T00:00:00Z] old\nof old\n");
    await using log = forge.follow(["a", "--since", "now"]);
    await log.shows("==> a <==\n");
    appendFileSync(path, "fresh\n[2026-01-01T00:00:00Z] quoted\n");
    await log.shows("==> a <==\nfresh\n[2026-01-01T00:00:00Z] quoted\n");
  });

  test("--raw --follow prints complete lines untouched", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "user\r\npart");
    await using log = forge.follow(["a", "--raw", "--quiet"]);
    await log.shows("user\r\n");
    appendFileSync(path, "ial\r\n");
    await log.shows("user\r\npartial\r\n");
  });

  test("--jsonl --follow prints an object per line", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "");
    await using log = forge.follow(["a", "--jsonl"]);
    appendFileSync(path, "hello\n");
    await log.shows('{"loop":"a","kind":"unknown","text":"hello"}\n');
  });

  test("FORGE_LOGS_FOLLOW_ONCE, also empty: the tail with all that is held back, exit 0", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", "@@ -1 +1 @@\n-a\npart");
    for (const value of ["1", ""]) {
      const stdout = await forge.must(["logs", "a", "-f"], { env: { FORGE_LOGS_FOLLOW_ONCE: value } });
      expect(stdout).toBe("==> a <==\n@@ -1 +1 @@\n-a\npart\n");
    }
  });

  test("a long tail can be interrupted", async () => {
    await using forge = new LogsSandbox();
    forge.loop("a", numbered(5_000_000));
    await using log = forge.follow(["a", "-n", "5000000", "--quiet"]);
    await waitFor(() => log.output.length > 0, { what: "the first lines" });
    expect((await log.endsBy("SIGINT")).code).toBe(130);
    expect(log.output).not.toContain("line 5000000\n");
  });

  test("a log that grows without pause can be interrupted", async () => {
    await using forge = new LogsSandbox();
    const path = forge.loop("a", "");
    const writer = Bun.spawn(["sh", "-c", `yes | head -c 200000000 >> '${path}'`], { env: forge.env });
    await using log = forge.follow(["a", "--raw", "--quiet"]);
    await waitFor(() => log.output.length > 0, { what: "the first lines" });
    const { code } = await log.endsBy("SIGINT");
    writer.kill();
    await writer.exited;
    expect(code).toBe(130);
  });
});

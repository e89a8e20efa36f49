import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Forge } from "../support/forge.ts";

/** The first line of the root help, which also stands below the message about an unknown command. */
const ROOT_HELP = "Runs and supervises looped AI coding agents on repositories.";

describe("20 section 2: what is answered before anything else", () => {
  const answers: [row: string, words: string[], stdout: RegExp][] = [
    ["--version is one plain line", ["--version"], /^forge version \S+ \(commit: \S+, built: \S+\)\n$/],
    ["--version with --json stays a plain line", ["--json", "--version"], /^forge version /],
    ["--robot-help", ["--robot-help"], /^Forge Robot Help\n/],
    ["--robot-help with a command", ["ps", "--robot-help"], /^Forge Robot Help\n/],
    ["--help", ["--help"], /^Runs and supervises/],
    ["-h of a command", ["ps", "-h"], /\nUsage:\n {2}forge ps \[flags\]\n/],
    ["help of a command", ["help", "ps"], /\nUsage:\n {2}forge ps \[flags\]\n/],
    ["a group without a subcommand", ["migrate"], /\nUsage:\n {2}forge migrate \[command\]\n/],
  ];
  for (const [row, words, stdout] of answers) {
    test(`${row}: also with a broken config, and nothing is created`, async () => {
      await using forge = new Forge();
      const result = await forge.run(words, { env: { FORGE_CONFIG: "/nonexistent/config.yaml" } });
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout).toMatch(stdout);
      expect(existsSync(forge.dataDir)).toBe(false);
    });
  }

  test("the robot help has its section titles in order and stays below 80 lines", async () => {
    await using forge = new Forge();
    const text = await forge.must(["--robot-help"]);
    const titles = [
      "Purpose",
      "Quick Start (Loops)",
      "Loop Runner Ownership",
      "Detached spawn + stale-state reconciliation",
      "Smart Stop (Loops)",
      "Persistent Loop State (auto prompt injection)",
      "Work",
      "Memory",
      "Env (in loop runs)",
      "Automation / scripting",
    ];
    expect(text.split("\n").filter((line) => titles.includes(line))).toEqual(titles);
    expect(text.split("\n").length).toBeLessThan(80);
  });
});

describe("20 section 1.2: unknown commands", () => {
  test("the message, then the root help, on standard error; exit 1", async () => {
    await using forge = new Forge();
    const { code, stdout, stderr } = await forge.run(["nosuch"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toStartWith(`unknown forge command: nosuch\n${ROOT_HELP}\n`);
  });

  test("with --json only the envelope, with the nearest command as hint", async () => {
    await using forge = new Forge();
    const { code, stdout, stderr } = await forge.run(["--json", "pz"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "ERR_UNKNOWN", message: "unknown forge command: pz", hint: "Did you mean ps?" },
    });
  });

  const refused: [words: string[], message: string][] = [
    [["migrate", "bogus"], "unknown migrate subcommand 'bogus'"],
    [["ws", "list"], "forge ws list is disabled in loop mode"],
    [["accounts"], "forge accounts is disabled in loop mode"],
    [["ps", "extra"], 'unknown command "extra" for "forge ps"'],
    [["run"], "accepts 1 arg(s), received 0"],
    [["run", "a", "b"], "accepts 1 arg(s), received 2"],
    [["--bogus", "ps"], "unknown flag: --bogus"],
    [["ps", "--version"], "unknown flag: --version"],
    [["up", "extra"], 'unknown command "extra" for "forge up"'],
  ];
  for (const [words, message] of refused) {
    test(`forge ${words.join(" ")}: one line on standard error, exit 1`, async () => {
      await using forge = new Forge();
      expect(await forge.run(words)).toMatchObject({ code: 1, stdout: "", stderr: `${message}\n` });
    });
  }

  test("forge help nosuch answers as forge nosuch", async () => {
    await using forge = new Forge();
    const { code, stderr } = await forge.run(["help", "nosuch"]);
    expect(code).toBe(1);
    expect(stderr).toStartWith(`unknown forge command: nosuch\n${ROOT_HELP}\n`);
  });
});

describe("20 section 3: the error envelope", () => {
  test("--jsonl prints it on one line of standard output, nothing on standard error", async () => {
    await using forge = new Forge();
    const { code, stdout, stderr } = await forge.run(["ps", "--bogus", "--jsonl"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toBe('{"error":{"code":"ERR_INVALID_FLAG","message":"unknown flag: --bogus"}}\n');
  });

  test("--json indents it by two spaces", async () => {
    await using forge = new Forge();
    const { stdout } = await forge.run(["--json", "run", "nope"]);
    const message = "loop 'nope' not found (no loops registered yet)";
    expect(stdout).toStartWith(`{\n  "error": {\n    "code": "ERR_NOT_FOUND",\n    "message": "${message}"`);
    expect(JSON.parse(stdout).error).toMatchObject({ code: "ERR_NOT_FOUND", message });
  });

  test("--json and --jsonl cannot be used together, told in the compact form", async () => {
    await using forge = new Forge();
    const { code, stdout } = await forge.run(["--json", "--jsonl", "ps"]);
    expect(code).toBe(1);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout).error.message).toBe("--json and --jsonl cannot be used together");
  });

  test("20 edge cases: --json=maybe is a bad bool", async () => {
    await using forge = new Forge();
    const { code, stderr } = await forge.run(["ps", "--json=maybe"]);
    expect(code).toBe(1);
    expect(stderr).toStartWith('invalid argument "maybe" for "--json" flag: ');
  });

  test("on a terminal a hint stands below the message", async () => {
    await using forge = new Forge();
    await using terminal = forge.terminal(["ps", "--poool", "x"]);
    expect(await terminal.ends()).toBe(1);
    expect(terminal.output).toBe("unknown flag: --poool\r\nHint: Did you mean --pool?\r\n");
  });
});

describe("20 section 2: --chdir", () => {
  test("30 edge cases: a missing directory is an operation failure, exit 2, nothing is created", async () => {
    await using forge = new Forge();
    const message = "failed to change directory to /nope: no such file or directory";
    expect(await forge.run(["-C", "/nope", "ps"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `${message}\n`,
    });
    const { code, stdout } = await forge.run(["--json", "-C", "/nope", "ps"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "ERR_OPERATION_FAILED", message } });
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("a blank value is ignored", async () => {
    await using forge = new Forge();
    expect(await forge.run(["-C", " ", "ps"])).toMatchObject({ code: 0, stdout: "No loops found\n" });
  });
});

describe("20 section 4: output", () => {
  test("a reader that has gone ends the program quietly", async () => {
    await using forge = new Forge();
    const { stderr, code } = await forge.program([
      "bash",
      "-o",
      "pipefail",
      "-c",
      "forge --robot-help | head -c 10",
    ]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  test("a full disk is an error", async () => {
    await using forge = new Forge();
    const { stderr, code } = await forge.program(["bash", "-c", "forge --robot-help > /dev/full"]);
    expect({ stderr, code }).toEqual({
      stderr: "failed to write output: no space left on device\n",
      code: 2,
    });
  });

  for (const words of ["--json ps", "--jsonl nosuch", "--json run nope"]) {
    test(`a full disk behind forge ${words} is told in words, without a trace of the program`, async () => {
      await using forge = new Forge();
      const { stderr, code } = await forge.program(["bash", "-c", `forge ${words} > /dev/full`]);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      expect(code).toBe(words === "--json ps" ? 2 : 1);
    });
  }

  test("a slow reader behind a non-blocking pipe gets everything", async () => {
    await using forge = new Forge();
    const script = [
      "import fcntl, os, subprocess, time",
      "r, w = os.pipe()",
      "fcntl.fcntl(w, fcntl.F_SETPIPE_SZ, 4096)",
      "fcntl.fcntl(w, fcntl.F_SETFL, fcntl.fcntl(w, fcntl.F_GETFL) | os.O_NONBLOCK)",
      "p = subprocess.Popen(['forge', '--robot-help'], stdout=w)",
      "os.close(w)",
      "got = b''",
      "while True:",
      "    time.sleep(0.002)",
      "    part = os.read(r, 700)",
      "    if not part: break",
      "    got += part",
      "print(len(got), p.wait())",
    ].join("\n");
    const whole = await forge.must(["--robot-help"]);
    const { stdout } = await forge.program(["python3", "-c", script]);
    expect(stdout).toBe(`${Buffer.byteLength(whole)} 0\n`);
  });

  test("lists on a fresh machine are empty in each format, and no file is made", async () => {
    await using forge = new Forge();
    expect(await forge.must(["ps"])).toBe("No loops found\n");
    expect(await forge.must(["ps", "--quiet"])).toBe("No loops found\n");
    expect(await forge.must(["ps", "--json"])).toBe("[]\n");
    expect(await forge.must(["ps", "--jsonl"])).toBe("");
    expect(existsSync(forge.dataDir)).toBe(false);
    expect(existsSync(forge.configDir)).toBe(false);
  });
});

describe("20 section 4.1: help layout", () => {
  test("flags are sorted, typed, and show defaults that are not zero", async () => {
    await using forge = new Forge();
    const text = await forge.must(["up", "--help"]);
    expect(text).toContain("\nUsage:\n  forge up [flags]\n");
    expect(text).toMatch(/\n {2}-n, --count int +number of loops to start \(default 1\)\n/);
    expect(text).toMatch(/\n {6}--interval duration +/);
    expect(text).toMatch(/\n {2}-h, --help +help for up\n/);
    const names = [
      ...text.slice(text.indexOf("\nFlags:"), text.indexOf("\nGlobal Flags:")).matchAll(/--([a-z-]+)/g),
    ];
    const listed = names.map(([, name]) => name);
    expect(listed.filter((name, at) => listed.indexOf(name) === at)).toContain("tags");
  });

  test("a group lists its commands and points to their help", async () => {
    await using forge = new Forge();
    const text = await forge.must(["migrate", "--help"]);
    expect(text).toContain("\nAvailable Commands:\n  down        Roll back migrations");
    expect(text).toEndWith('\nUse "forge migrate [command] --help" for more information about a command.\n');
  });

  test("an alias is shown, and the loop verbs have a long form", async () => {
    await using forge = new Forge();
    expect(await forge.must(["ps", "--help"])).toContain("\nAliases:\n  ps, ls\n");
    expect(await forge.must(["loop", "ps", "--json"])).toBe("[]\n");
  });
});

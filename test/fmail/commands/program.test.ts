import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lines, MailSandbox } from "./mail-sandbox.ts";

const LEGACY_COMMANDS = [
  "  completion  Generate the autocompletion script for the specified shell",
  "  gc          Remove old messages",
  "  help        Help about any command",
  "  init        Initialize a project mailbox",
  "  log         View recent messages",
  "  messages    View all public messages (topics and direct messages)",
  "  register    Request a unique agent name",
  "  send        Send a message to a topic or agent",
  "  status      Show or set your status",
  "  topics      List topics with activity",
  "  watch       Stream messages as they arrive",
  "  who         List known agents",
];

describe("fmail without a command and its help (50 section 6)", () => {
  test("is the same text for no words, help, -h and --help, on standard output", async () => {
    await using mail = new MailSandbox();
    const text = await mail.said("x", "--help");
    for (const words of [[], ["help"], ["-h"]]) expect(await mail.said("x", ...words)).toBe(text);
    expect(text).toStartWith(
      "fmail sends and receives messages via .fmail/ files.\n\nUsage:\n  fmail [command]\n\nAvailable Commands:\n",
    );
    for (const line of LEGACY_COMMANDS) expect(lines(text)).toContain(line);
    expect(text).toEndWith(`
Flags:
  -h, --help         help for fmail
      --robot-help   Machine-readable help output
  -v, --version      version for fmail

Use "fmail [command] --help" for more information about a command.
`);
  });

  test("of a command has its usage, its aliases, its flags by name and the global flags", async () => {
    await using mail = new MailSandbox();
    const text = await mail.said("x", "log", "--help");
    expect(await mail.said("x", "help", "logs")).toBe(text);
    expect(text).toStartWith("View recent messages, oldest first");
    expect(text).toContain(
      "\n\nUsage:\n  fmail log [topic|@agent] [flags]\n\nAliases:\n  log, logs\n\nFlags:\n",
    );
    expect(text).toMatch(/-n, --limit int .*\(default 20\)/);
    expect(text).toEndWith("Global Flags:\n      --robot-help   Machine-readable help output\n");
    expect(text).not.toContain("allow-other-dm");
    const flags = [...text.matchAll(/^ {2}.{4}--([a-z-]+)/gm)].map(([, name = ""]) => name).slice(0, -1);
    expect(flags).toEqual(flags.toSorted());
  });

  test("names its version", async () => {
    await using mail = new MailSandbox();
    for (const flag of ["-v", "--version"])
      expect(await mail.said("x", flag)).toMatch(/^fmail version \S+\n$/);
  });

  test.each([
    ["bogus", []],
    ["sen", ["send"]],
    ["wacth", ["watch"]],
    ["re", ["reply", "register"]],
    ["statsu", ["status"]],
  ])("does not know %s, and suggests %j", async (word, suggestions) => {
    await using mail = new MailSandbox();
    const { code, stdout, stderr } = await mail.as("x", [word]);
    const list =
      suggestions.length > 0
        ? `\nDid you mean this?\n${suggestions.map((name) => `\t${name}\n`).join("")}`
        : "";
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: `Error: unknown command "${word}" for "fmail"\n${list}`,
    });
    expect((await mail.as("x", ["help", word])).code).toBe(1);
  });
});

describe("the flag grammar (50 section 6)", () => {
  test("takes every form, also after the words, and -- ends the flags", async () => {
    await using mail = new MailSandbox();
    for (const words of [
      ["-phigh", "-t=a", "-tb", "--tag=c,d", "task", "x", "--json"],
      ["task", "--priority", "high", "x", "-t", "a,b", "--tag", "c", "--tag=d", "--json=true"],
    ])
      expect(JSON.parse(await mail.said("x", "send", ...words))).toMatchObject({
        priority: "high",
        tags: ["a", "b", "c", "d"],
      });
    expect(await mail.said("x", "send", "task", "x", "--json=false")).not.toContain("{");
    expect(await mail.said("x", "log", "-n1", "--json")).toStartWith("{");
  });
});

describe("fmail --robot-help (50 section 7.11)", () => {
  test("wins over everything, also over what is wrong", async () => {
    await using mail = new MailSandbox();
    const text = await mail.said("x", "--robot-help");
    for (const words of [
      ["send", "--robot-help"],
      ["nosuch", "--bogus", "--robot-help=x"],
      ["--robot-help=false", "-h"],
    ])
      expect(
        (await mail.fmail(words, { env: { FMAIL_ROOT: "/nonexist", FMAIL_AGENT: "bad name" } })).stdout,
      ).toBe(text);
    expect(text).toMatch(/^\{\n {2}"name": "fmail",\n/);
  });

  test("has the keys and texts that agents rely on", async () => {
    await using mail = new MailSandbox();
    const help = JSON.parse(await mail.said("x", "--robot-help"));
    expect(Object.keys(help)).toEqual([
      "name",
      "version",
      "description",
      "setup",
      "commands",
      "patterns",
      "env",
      "message_format",
      "storage",
    ]);
    expect(help).toMatchObject({
      description: "Agent-to-agent messaging via .fmail/ files",
      setup: "export FMAIL_AGENT=<your-name>",
      storage: ".fmail/topics/<topic>/<id>.json and .fmail/dm/<agent>/<id>.json",
    });
    expect(help.version).toMatch(/^\d/);
    expect(Object.keys(help.commands).slice(0, 9)).toEqual([
      "send",
      "log",
      "messages",
      "watch",
      "who",
      "status",
      "register",
      "topics",
      "gc",
    ]);
    expect(help.commands.send).toMatchObject({
      usage: "fmail send <topic|@agent> <message>",
      flags: ["-f FILE", "--reply-to ID", "--priority low|normal|high", "--tag TAG"],
    });
    expect(help.commands.log.flags).toEqual([
      "-n LIMIT",
      "--since TIME",
      "--from AGENT",
      "--json",
      "-f/--follow",
    ]);
    expect(help.commands.watch).toMatchObject({
      usage: "fmail watch [topic|@agent] [--timeout T] [--count N]",
      flags: ["--timeout DURATION", "--count N", "--json"],
    });
    expect(help.patterns.request_response[1]).toBe(
      "response=$(fmail watch @$FMAIL_AGENT --count 1 --timeout 2m)",
    );
    expect(typeof help.patterns.broadcast).toBe("string");
    expect(Array.isArray(help.patterns.coordinate)).toBe(true);
    expect(Object.keys(help.env)).toEqual(["FMAIL_AGENT", "FMAIL_ROOT", "FMAIL_PROJECT", "FMAIL_FORGED"]);
    expect(Object.keys(help.message_format)).toEqual(["id", "from", "to", "time", "body"]);
    expect(help.message_format.id).toBe("YYYYMMDD-HHMMSS-NNNN");
  });
});

describe("fmail completion (50 section 7.10)", () => {
  test("bash completes commands and the flags of a command", async () => {
    await using mail = new MailSandbox();
    writeFileSync(join(mail.repo, "script"), await mail.said("x", "completion", "bash"));
    const complete = async (...words: string[]) => {
      const script = `. ./script; COMP_WORDS=(fmail ${words.join(" ")}); COMP_CWORD=${words.length}; __start_fmail; echo "\${COMPREPLY[@]}"; complete -p fmail`;
      const { stdout, stderr } = await mail.program(["bash", "-c", script]);
      expect(stderr).toBe("");
      return lines(stdout);
    };
    expect(await complete("st")).toEqual(["status", "complete -o default -F __start_fmail fmail"]);
    expect((await complete("log", "--f"))[0]).toBe("--from --follow");
    expect((await complete("logs", "task", "--js"))[0]).toBe("--json");
    expect((await complete("send", "''"))[0]).toBe("");
  });

  test("has a script for each shell", async () => {
    await using mail = new MailSandbox();
    const script = (shell: string) => mail.said("x", "completion", shell);
    expect(await script("bash")).toContain("__start_fmail");
    expect(await script("zsh")).toStartWith("#compdef fmail\n");
    expect(await script("fish")).toContain("complete -c fmail ");
    expect(await script("powershell")).toContain("Register-ArgumentCompleter -Native -CommandName fmail");
  });
});

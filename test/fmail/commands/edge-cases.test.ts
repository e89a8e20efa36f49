import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ID, lines, MailSandbox } from "./mail-sandbox.ts";

let mail: MailSandbox;
beforeAll(() => {
  mail = new MailSandbox();
});
afterAll(() => mail[Symbol.asyncDispose]());

interface Row {
  readonly words: readonly string[];
  readonly message: string;
  readonly stdin?: string;
}

const row = (words: string, message: string, stdin?: string): Row => ({
  words:
    words === "" ? [] : words.split(" ").map((word) => word.replaceAll("_", " ").replace(/^<(.*)>$/, "$1")),
  message,
  ...(stdin === undefined ? {} : { stdin }),
});

describe("50 section 14: wrong usage ends with 2, the message and the usage of the command on standard error", () => {
  test.each([
    row("send", "expected 1-2 args, got 0"),
    row("send a b c", "expected 1-2 args, got 3"),
    row("log a b", "expected at most 1 args, got 2"),
    row("logs a b", "expected at most 1 args, got 2"),
    row("watch a b", "expected at most 1 args, got 2"),
    row("status a b", "expected at most 1 args, got 2"),
    row("register a b", "expected at most 1 args, got 2"),
    row("who a", "expected at most 0 args, got 1"),
    row("topics a", "expected at most 0 args, got 1"),
    row("gc a", "expected at most 0 args, got 1"),
    row("init a", "expected at most 0 args, got 1"),
    row("messages a", "expected at most 0 args, got 1"),
    row("inbox a", "expected at most 0 args, got 1"),
    row("thread", "expected 1 args, got 0"),
    row("show a b", "expected 1 args, got 2"),
    row("reply", "expected 1-2 args, got 0"),
    row("search", "expected at least 1 args, got 0"),
    row("completion", "expected 1 args, got 0"),
    row("send task", "message body is required"),
    row("send task", "message body is required", ""),
    row("send task", "message body is required", " \n\t"),
    row("send task msg -f file", "provide either a message argument or --file, not both"),
    row("log -n -1", "limit must be >= 0"),
    row("messages --limit=-5", "limit must be >= 0"),
    row("inbox -n -1", "limit must be >= 0"),
    row("search x -n -1", "limit must be >= 0"),
    row("log --from bad_name", "invalid --from value: invalid agent name"),
    row(
      "log --since 5",
      "invalid --since value: use duration like '1h' or timestamp like '2024-01-15T10:30:00Z'",
    ),
    row(
      "log --since soon",
      "invalid --since value: use duration like '1h' or timestamp like '2024-01-15T10:30:00Z'",
    ),
    row("log --priority urgent", "invalid --priority value: invalid priority: urgent"),
    row("watch --count -1", "count must be >= 0"),
    row("watch --timeout -1s", "timeout must be >= 0"),
    row(
      "watch --count x",
      'invalid argument "x" for "-c, --count" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ),
    row("watch --timeout 5", 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'),
    row("watch --timeout x", 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'),
    row("send task x --wait=5", 'invalid argument "5" for "--wait" flag: time: missing unit in duration "5"'),
    row("send task x --bogus", "unknown flag: --bogus"),
    row("who -x", "unknown shorthand flag: 'x' in -x"),
    row("send task x --tag", "flag needs an argument: --tag"),
    row("log -n", "flag needs an argument: 'n' in -n"),
    row("status <_>", "status message is required"),
    row("status busy --clear", "status does not take a message with --clear"),
    row("gc --days -1", "days must be >= 0"),
    row("init --project <_>", "project id is required"),
    row("completion tcsh", 'unsupported shell "tcsh": use bash, zsh, fish, powershell'),
    row("search has:cake", 'invalid search filter "has:cake"'),
    row("search since:soon", 'invalid search filter "since:soon"'),
    row("who --version", "unknown flag: --version"),
  ])("$words: $message", async ({ words, message, stdin }) => {
    const { code, stdout, stderr } = await mail.as("alice", words, { stdin });
    expect(stderr).toStartWith(`Error: ${message}\n\nUsage:\n  fmail ${words[0]?.replace("logs", "log")}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("50 section 14: what cannot be done ends with 1 and one line on standard error", () => {
  test.each([
    row("send bad_topic x", 'invalid target "bad topic": invalid topic name'),
    row("send a.b x", 'invalid target "a.b": invalid topic name'),
    row("send ../x x", 'invalid target "../x": invalid topic name'),
    row("send caf\u00e9 x", 'invalid target "caf\u00e9": invalid topic name'),
    row("send @bad_name x", 'invalid target "@bad name": invalid agent name'),
    row("send @ x", 'invalid target "@": invalid agent name'),
    row("send <> x", 'invalid target "": invalid target'),
    row("log *", 'invalid target "*": invalid topic name'),
    row("watch bad_topic", 'invalid target "bad topic": invalid topic name'),
    row("send task -f missing", "read file: open missing: no such file or directory"),
    row("send task -f .", "read file: read .: is a directory"),
    row("send task x -p urgent", "invalid priority: urgent"),
    row("send task x -t bad_tag", "invalid tags: invalid tag: bad tag"),
    row("send task x -t 1,2,3,4,5,6,7,8,9,10,11", "invalid tags: invalid tag: max 10 tags"),
    row(`send task x -t ${"x".repeat(51)}`, "invalid tags: invalid tag: exceeds 50 chars"),
    row("register bad_name", "invalid agent name: invalid agent name"),
    row("show 20260110-153000-0001", "message not found: 20260110-153000-0001"),
    row("thread 0042", "message not found: 0042"),
    row("reply ../../etc/passwd x", "message not found: ../../etc/passwd"),
    row("inbox --topics bad_topic", "invalid topic name"),
  ])("$words: $message", async ({ words, message }) => {
    expect(await mail.as("alice", words)).toEqual({ code: 1, stdout: "", stderr: `Error: ${message}\n` });
  });

  test("none of the above has made anything", () => {
    expect(mail.files()).toEqual([]);
  });

  test("an escape sequence in a name is told and not obeyed", async () => {
    const { stderr } = await mail.as("alice", ["send", "\u001b[2J\nx", "hi"]);
    expect(stderr).toBe('Error: invalid target "\\u001b[2J\\nx": invalid topic name\n');
    const unknown = await mail.as("alice", ["\u001b[2J"]);
    expect(unknown.stderr).toBe('Error: unknown command "\\u001b[2J" for "fmail"\n');
  });

  test("a message above 1 MiB, from an argument, a file or a pipe, stores nothing", async () => {
    await using own = new MailSandbox();
    const large = "x".repeat(1_048_576);
    writeFileSync(join(own.repo, "large"), large);
    const answers = [
      await own.as("alice", ["send", "task", "-f", "large"]),
      await own.as("alice", ["send", "task"], { stdin: large }),
      await own.as("alice", ["send", "task"], { stdin: large.repeat(3) }),
    ];
    for (const answer of answers)
      expect(answer).toEqual({ code: 1, stdout: "", stderr: "Error: message exceeds 1MB limit\n" });
    expect(own.files().filter((path) => path !== "project.json")).toEqual([]);
  });

  test("an endless file and an endless pipe end with the same error", async () => {
    const answers = [
      await mail.as("alice", ["send", "task", "-f", "/dev/zero"]),
      await mail.program(["sh", "-c", "yes | fmail send task"]),
    ];
    expect(answers.map(({ stderr }) => stderr)).toEqual(Array(2).fill("Error: message exceeds 1MB limit\n"));
  });

  test("a body that is no UTF-8, from an argument, a file or a pipe, stores nothing", async () => {
    await using own = new MailSandbox();
    const bytes = String.raw`a\377b`;
    for (const script of [
      `fmail send task "$(printf '${bytes}')"`,
      `printf '${bytes}' | fmail send task`,
      `printf '${bytes}' > bytes; fmail send task -f bytes`,
    ]) {
      const answer = await own.program(["sh", "-c", script]);
      expect(answer).toEqual({ code: 1, stdout: "", stderr: "Error: message body is not valid UTF-8\n" });
    }
    expect(own.files()).toEqual([]);
    expect(await own.send("alice", "task", "a \ufffd that was typed")).toMatch(ID);
  });

  test("a .fmail that is a file: discovery passes it by, writing fails with the words of the system", async () => {
    await using own = new MailSandbox();
    writeFileSync(own.store, "");
    expect(await own.said("alice", "log")).toBe("");
    const { code, stderr } = await own.as("alice", ["send", "task", "x"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `Error: ensure project: mkdir ${own.store}: not a directory\n`,
    });
  });

  test("a name that is too long for the file system is no topic to a reader, and an error to a sender", async () => {
    await using own = new MailSandbox();
    const long = "x".repeat(300);
    await own.send("alice", "task", "x");
    expect(await own.said("alice", "log", long)).toBe("");
    const { code, stderr } = await own.as("alice", ["send", long, "x"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: save message: mkdir .*: file name too long\n$/);
  });

  test("an agent name and a root that are none fail every command that needs them, and no other", async () => {
    await using own = new MailSandbox();
    for (const command of ["log", "messages", "watch", "who", "status", "topics", "inbox", "send task x"]) {
      const { code, stderr } = await own.as("bad name", command.split(" "));
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: "Error: resolve agent name: invalid agent name\n",
      });
    }
    for (const command of ["init", "register", "gc"])
      expect((await own.as("bad name", [command])).code).toBe(0);
    const nowhere = { env: { FMAIL_ROOT: "/nonexist" } };
    for (const command of ["log", "init", "register", "gc"])
      expect((await own.fmail([command], nowhere)).stderr).toBe(
        "Error: resolve project root: stat /nonexist: no such file or directory\n",
      );
    for (const words of [
      ["help"],
      ["--version"],
      ["--robot-help"],
      ["completion", "bash"],
      ["send", "--help"],
    ])
      expect((await own.fmail(words, nowhere)).code).toBe(0);
  });
});

describe("50 section 14: what is odd and works", () => {
  test("an upper-case target is lower-cased, a null body is null, a message from the future is just now", async () => {
    await using own = new MailSandbox();
    await own.send("alice", "TaSk-1", "null");
    const [path] = own.files().filter((file) => file.startsWith("topics/task-1/"));
    expect(own.text(path ?? "")).toContain('"body": null');
    expect(await own.said("alice", "log")).toEndWith(" alice -> task-1: null\n");
    own.putMessage("topics/future", "20990101-000000-0001");
    expect(await own.said("alice", "topics")).toContain("future  1         just now");
    expect(await own.said("alice", "log", "future")).toContain("bob -> future");
  });

  test("other files, nested folders and folders with other names are ignored; garbage is skipped with a warning", async () => {
    await using own = new MailSandbox();
    own.putMessage("topics/task", "20260110-153000-0001");
    own.put("topics/task/note.txt", "x");
    own.put("topics/task/deep/20260110-153000-0009.json", "{}");
    own.put("topics/Bad Name/20260110-153000-0009.json", "{}");
    own.put("topics/task/20260110-153000-0002.json", '{"id": "2026');
    const { code, stdout, stderr } = await own.as("alice", ["log"]);
    expect({ code, lines: lines(stdout) }).toEqual({
      code: 0,
      lines: ["20260110-153000-0001 bob -> task: body of 20260110-153000-0001"],
    });
    expect(stderr).toBe(
      "Warning: skipping unreadable message topics/task/20260110-153000-0002.json: not valid JSON\n",
    );
    expect(await own.said("alice", "topics", "--json")).toContain('"messages": 2');
    await own.said("alice", "gc");
    expect(own.files().filter((path) => path.endsWith("0002.json"))).toEqual([]);
  });

  test("a stale forged.sock and the leftovers of others are left alone", async () => {
    await using own = new MailSandbox();
    const stale = Bun.listen({ unix: join(own.repo, "s"), socket: { data() {} } });
    mkdirSync(own.store);
    own.put("forge-mail-index.json", "{}");
    own.put("forge-mail-status/x", "1");
    await own.program(["mv", "s", ".fmail/forged.sock"]);
    stale.stop(true);
    expect(await own.send("alice", "task", "hi")).toMatch(ID);
    expect(own.files()).toContain("forge-mail-index.json");
  });
});

import { describe, expect, test } from "bun:test";
import { bodies, lines, MailSandbox } from "./mail-sandbox.ts";

const id = (second: number, number = 1): string =>
  `20260110-1530${String(second).padStart(2, "0")}-000${number}`;

/** A mailbox with two topics and two direct messages. */
function filled(): MailSandbox {
  const mail = new MailSandbox();
  mail.putMessage("topics/task", id(1), { from: "alice", body: "implement auth" });
  mail.putMessage("topics/build", id(2), {
    from: "bob",
    body: { b: true, a: [1, 2.5] },
    tags: ["ci"],
    priority: "high",
  });
  mail.putMessage("dm/alice", id(3), { from: "bob", body: "for alice" });
  mail.putMessage("topics/task", id(4), { from: "bob", body: "two\nlines", reply_to: id(1), host: "vm" });
  mail.putMessage("dm/eve", id(5), { from: "bob", body: null });
  return mail;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what must not reach a terminal
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

describe("fmail log and messages (50 sections 7.2 and 8.1)", () => {
  test("log shows all topics, log <target> one box of anyone, messages everything", async () => {
    await using mail = filled();
    expect(await mail.said("alice", "log")).toBe(
      `${id(1)} alice -> task: implement auth\n${id(2)} bob -> build: {"a":[1,2.5],"b":true}\n${id(4)} bob -> task: two\nlines\n`,
    );
    expect(await mail.said("alice", "log", "build")).toStartWith(`${id(2)} bob -> build: `);
    expect(await mail.said("alice", "logs", "@EVE")).toBe(`${id(5)} bob -> @eve: null\n`);
    expect(lines(await mail.said("alice", "messages"))).toHaveLength(6);
    expect(await mail.said("alice", "log", "@eve", "--allow-other-dm")).toStartWith(id(5));
  });

  test("of an unknown topic or agent, and without any store, says nothing and makes nothing", async () => {
    await using mail = new MailSandbox();
    for (const words of [["log", "nosuch"], ["log", "@nosuch"], ["log"], ["messages"], ["topics", "--json"]])
      expect(await mail.said("alice", ...words)).toBe(words[0] === "topics" ? "[]\n" : "");
    expect(mail.files()).toEqual([]);
  });

  test("--json prints one compact object per line, unknown fields last", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), {
      trace: "x",
      body: { z: 1, "10": 2, a: "<b>" },
      reply_to: "",
      tags: [],
    });
    expect(await mail.said("alice", "log", "--json")).toBe(
      `{"id":"${id(1)}","from":"bob","to":"task","time":"2026-01-10T15:30:01Z","body":{"10":2,"a":"<b>","z":1},"trace":"x"}\n`,
    );
  });

  test("-n takes the newest after filtering, oldest first; 0 is all; the default is 20", async () => {
    await using mail = new MailSandbox();
    for (let second = 0; second < 30; second++)
      mail.putMessage("topics/task", id(second), { body: second, from: second % 2 ? "odd" : "even" });
    expect(bodies(await mail.said("alice", "log"))).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index + 10}`),
    );
    expect(bodies(await mail.said("alice", "log", "-n2"))).toEqual(["28", "29"]);
    expect(bodies(await mail.said("alice", "log", "-n=3", "--from", "@ODD"))).toEqual(["25", "27", "29"]);
    expect(lines(await mail.said("alice", "log", "-n", "0"))).toHaveLength(30);
  });

  test.each([
    [
      ["--since", "2026-01-10T15:30:02Z"],
      ["2", "3"],
    ],
    [["--since", "2026-01-10T15:30:02.5Z"], ["3"]],
    [
      ["--since", "2026-01-10T16:30:02+01:00"],
      ["2", "3"],
    ],
    [["--since", "2026-01-10T15:30:03"], ["3"]],
    [
      ["--since", "2026-01-10"],
      ["0", "1", "2", "3"],
    ],
    [["--since", "2026-01-11"], []],
    [["--since", "now"], []],
    [["--since", "1h"], []],
    [
      ["--since", "36500d"],
      ["0", "1", "2", "3"],
    ],
    [["--since", "1.5d"], []],
    [
      ["--since", ""],
      ["0", "1", "2", "3"],
    ],
    [
      ["--until", "2026-01-10T15:30:02Z"],
      ["0", "1"],
    ],
    [["--tag", "CI"], ["1"]],
    [["--priority", "high"], ["2"]],
    [
      ["--priority", "normal", "--from", "bob"],
      ["0", "1"],
    ],
  ])("%j leaves %j", async (flags, expected) => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(0), { body: 0 });
    mail.putMessage("topics/task", id(1), { body: 1, tags: ["ci"] });
    mail.putMessage("topics/task", id(2), { body: 2, priority: "high" });
    mail.putMessage("topics/task", id(3), { body: 3, from: "carol" });
    expect(bodies(await mail.said("alice", "log", ...flags))).toEqual(expected);
  });

  test("--since never passes a message without a usable time", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), { time: "yesterday" });
    mail.putMessage("topics/task", id(2), { time: undefined });
    expect(await mail.said("alice", "log", "--since", "36500d")).toBe("");
    expect(lines(await mail.said("alice", "log"))).toHaveLength(2);
  });

  test("an unusual agreement of id and time is believed by the time", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", "20200101-000000-0001", { time: new Date().toISOString(), body: "now" });
    expect(bodies(await mail.said("alice", "log", "--since", "1h"))).toEqual(["now"]);
  });

  test("-f goes on with new messages that pass the filters, prints none twice, and ends with 0 on SIGINT", async () => {
    await using mail = filled();
    const log = mail.start("alice", ["log", "task", "-f", "-n", "1", "--from", "bob"]);
    const reader = log.stdout.getReader();
    let shown = "";
    const read = async () => {
      const { value } = await reader.read();
      shown += new TextDecoder().decode(value);
    };
    await read();
    expect(shown).toBe(`${id(4)} bob -> task: two\nlines\n`);
    await mail.send("carol", "task", "filtered out");
    await mail.send("bob", "build", "another topic");
    await mail.send("bob", "task", "new");
    await read();
    log.kill("SIGINT");
    expect(await log.exited).toBe(0);
    expect(bodies(shown)).toEqual(["two", "lines", "new"].map((line) => (line === "lines" ? "ines" : line)));
  });

  test("a reader that goes away ends it quietly", async () => {
    await using mail = new MailSandbox();
    for (let second = 0; second < 50; second++)
      mail.putMessage("topics/task", id(second), { body: "x".repeat(20_000) });
    const { code, stdout, stderr } = await mail.program([
      "sh",
      "-c",
      "{ fmail log -n 0; echo ended $? >&2; } | head -c 10",
    ]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "20260110-1", stderr: "ended 0\n" });
  });
});

describe("hostile messages", () => {
  const hostile = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\rover\u0000\u007f";

  test("reach a terminal with their control characters shown, not obeyed, in text and in JSON", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), {
      body: hostile,
      from: hostile,
      to: hostile,
      tags: [hostile],
      extra: hostile,
    });
    mail.put(
      "agents/eve.json",
      JSON.stringify({ name: "eve", status: hostile, host: hostile, first_seen: hostile }),
    );
    for (const words of [
      ["log"],
      ["log", "--json"],
      ["show", "0001"],
      ["show", "0001", "--json"],
      ["thread", "0001"],
      ["search", "over"],
      ["who"],
      ["who", "--json"],
    ]) {
      const script = `fmail ${words.join(" ")}; echo "the end"`;
      await using shell = mail.terminalOf(["sh", "-c", script], { columns: 400 });
      await shell.shows("the end");
      expect(shell.output).toContain("over");
      expect(shell.output.replaceAll("\r\n", "\n")).not.toMatch(CONTROL);
    }
  });

  test("reach a program unchanged in text and as the same value in JSON", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), { body: hostile });
    expect(await mail.said("alice", "log")).toBe(`${id(1)} bob -> task: ${hostile}\n`);
    const json = await mail.said("alice", "log", "--json");
    expect(JSON.parse(json).body).toBe(hostile);
    expect(json).not.toContain("\u009b");
  });

  test("cannot make two lines out of one by what they call themselves", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), { from: "bob\n20260110-153000-0002 admin" });
    expect(lines(await mail.said("alice", "log"))).toHaveLength(1);
  });

  test("of a megabyte are sent, stored and shown whole", async () => {
    await using mail = new MailSandbox();
    const body = "\u001b".repeat(150_000);
    const { code } = await mail.as("alice", ["send", "task"], { stdin: body });
    expect(code).toBe(0);
    expect((await mail.said("alice", "log")).length).toBeGreaterThan(150_000);
  });
});

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MailSandbox } from "./mail-sandbox.ts";

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

describe("fmail who (50 section 7.4)", () => {
  test("lists agents by name with when they were seen and what they do", async () => {
    await using mail = new MailSandbox();
    const record = (name: string, seen: string, status?: string) =>
      mail.put(`agents/${name}.json`, JSON.stringify({ name, status, first_seen: seen, last_seen: seen }));
    record("coder-1", ago(5), "working on auth");
    record("architect", ago(150));
    record("old", ago(3 * 86_400 + 100), "away");
    record("new", ago(1));
    record("odd", "never");
    expect(await mail.said("x", "who")).toBe(`NAME       LAST SEEN  STATUS
architect  2m ago     offline
coder-1    active     working on auth
new        active     -
odd        -          offline
old        3d ago     away
`);
  });

  test("prints its header also when nobody is known, and [] as JSON", async () => {
    await using mail = new MailSandbox();
    expect(await mail.said("x", "who")).toBe("NAME  LAST SEEN  STATUS\n");
    expect(await mail.said("x", "who", "--json")).toBe("[]\n");
  });

  test("prints the records as JSON, and warns of one that cannot be understood", async () => {
    await using mail = new MailSandbox();
    mail.put(
      "agents/bob.json",
      '{"name":"bob","host":"vm","first_seen":"2026-01-10T15:30:00.5Z","last_seen":"2026-01-10T15:30:00Z"}',
    );
    mail.put("agents/broken.json", "[");
    const { code, stdout, stderr } = await mail.as("x", ["who", "--json"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `[
  {
    "name": "bob",
    "host": "vm",
    "first_seen": "2026-01-10T15:30:00.5Z",
    "last_seen": "2026-01-10T15:30:00Z"
  }
]
`,
    });
    expect(stderr).toBe("Warning: skipping unreadable agent record agents/broken.json: not valid JSON\n");
  });
});

describe("fmail status (50 section 7.5)", () => {
  test("shows, sets and removes my own status", async () => {
    await using mail = new MailSandbox();
    expect(await mail.said("alice", "status")).toBe("");
    expect(mail.files()).toEqual([]);
    expect(await mail.said("alice", "status", "  busy with auth ")).toBe("");
    expect(await mail.said("alice", "status")).toBe("busy with auth\n");
    expect(await mail.said("bob", "status")).toBe("");
    await mail.send("alice", "task", "hi");
    expect(await mail.said("alice", "status")).toBe("busy with auth\n");
    expect(await mail.said("alice", "status", "--clear")).toBe("");
    expect(await mail.said("alice", "status")).toBe("");
    expect(mail.text("agents/alice.json")).not.toContain("status");
  });
});

describe("fmail register (50 section 7.6)", () => {
  test("takes a name once, in its stored form", async () => {
    await using mail = new MailSandbox();
    expect(await mail.said("x", "register", " Coder-1 ")).toBe("coder-1\n");
    expect(await mail.as("x", ["register", "coder-1"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "Error: agent name already registered: coder-1\n",
    });
    await mail.send("sender", "task", "hi");
    expect((await mail.as("x", ["register", "sender"])).stderr).toBe(
      "Error: agent name already registered: sender\n",
    );
  });

  test("finds a free name of two words", async () => {
    await using mail = new MailSandbox();
    const names = await Promise.all(Array.from({ length: 20 }, () => mail.said("x", "register")));
    for (const name of names) expect(name).toMatch(/^[a-z]+-[a-z]+\n$/);
    expect(new Set(names).size).toBe(20);
    const record = JSON.parse(await mail.said("x", "register", "--json"));
    expect(Object.keys(record)).toEqual(["name", "host", "first_seen", "last_seen"]);
  });

  test("gives one name to one of many that ask for it at once", async () => {
    await using mail = new MailSandbox();
    const answers = await Promise.all(Array.from({ length: 12 }, () => mail.as("x", ["register", "wanted"])));
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(1);
  });
});

describe("fmail topics (50 section 7.7)", () => {
  test("lists topics with messages by name", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", "20260110-153000-0001");
    mail.putMessage("topics/task", "20260110-153000-0002");
    mail.putMessage("topics/build", "20260110-160000-0000", { time: "2020-01-01T00:00:00Z" });
    mail.put("topics/empty/note.txt", "");
    const days = Math.floor((Date.now() - Date.UTC(2026, 0, 10, 15, 30)) / 86_400_000);
    expect(await mail.said("x", "topics")).toStartWith("TOPIC  MESSAGES  LAST ACTIVITY\nbuild  1         ");
    expect(await mail.said("x", "topic")).toContain(`task   2         ${days}d ago\n`);
    expect(JSON.parse(await mail.said("x", "topics", "--json"))).toEqual([
      { name: "build", messages: 1, last_activity: "2026-01-10T16:00:00Z" },
      { name: "task", messages: 2, last_activity: "2026-01-10T15:30:00Z" },
    ]);
  });
});

describe("fmail init (50 section 7.9)", () => {
  test("makes the project once, and gives it another id when told to", async () => {
    await using mail = new MailSandbox();
    expect(await mail.said("x", "init")).toBe("");
    const first = mail.text("project.json");
    await mail.said("x", "init");
    expect(mail.text("project.json")).toBe(first);
    await mail.said("x", "init", "--project", " proj-mine ");
    expect(JSON.parse(mail.text("project.json"))).toEqual({
      id: "proj-mine",
      created: JSON.parse(first).created,
    });
    expect(() => readFileSync(join(mail.repo, ".gitignore"))).toThrow();
  });
});

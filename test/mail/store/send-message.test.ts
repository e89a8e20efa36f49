import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agent, topic } from "../../../src/mail/rules/target.ts";
import { newestMessages } from "../../../src/mail/store/page.ts";
import { TemporaryStore } from "../temporary-store.ts";

const AT = Date.UTC(2026, 0, 10, 15, 30, 0, 653);

/** The reason for which a call was refused. */
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "went through",
    (thrown: Error) => thrown.message,
  );

const permissions = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("a message that is sent", () => {
  test("is a file of exactly the bytes of 50 section 4, under its id, beside the record of its sender", async () => {
    using mail = new TemporaryStore();
    mail.now = () => AT;
    const id = await mail.send("@bob", "hi", {
      priority: "high",
      tags: ["urgent"],
      replyTo: "20260110-152500-0003",
    });
    expect(id).toBe("20260110-153000-0001");
    expect(mail.text("dm/bob/20260110-153000-0001.json")).toBe(`{
  "id": "20260110-153000-0001",
  "from": "alice",
  "to": "@bob",
  "time": "2026-01-10T15:30:00.653Z",
  "body": "hi",
  "reply_to": "20260110-152500-0003",
  "priority": "high",
  "host": "vm",
  "tags": [
    "urgent"
  ]
}`);
    expect(mail.text("agents/alice.json")).toBe(`{
  "name": "alice",
  "host": "vm",
  "first_seen": "2026-01-10T15:30:00.653Z",
  "last_seen": "2026-01-10T15:30:00.653Z"
}`);
    expect(mail.files()).toEqual(["agents/alice.json", "dm/bob/20260110-153000-0001.json"]);
  });

  test("and its folders have the modes of 50 section 5.1, whatever the umask says", async () => {
    using mail = new TemporaryStore();
    const umask = process.umask(0o077);
    try {
      await mail.send("@bob");
      await mail.send("task");
    } finally {
      process.umask(umask);
    }
    const modes = [".", "topics", "topics/task", "agents", "dm", "dm/bob", ...mail.files()].map((path) => [
      path.replace(/\d{8}-.*/, "id"),
      permissions(join(mail.folder, path)),
    ]);
    expect(modes).toEqual([
      [".", "755"],
      ["topics", "755"],
      ["topics/task", "755"],
      ["agents", "755"],
      ["dm", "700"],
      ["dm/bob", "700"],
      ["agents/alice.json", "644"],
      ["dm/bob/id", "600"],
      ["topics/task/id", "644"],
    ]);
  });

  test("gets the next number of its second, over all topics and boxes", async () => {
    using mail = new TemporaryStore();
    mail.now = () => AT;
    const ids = [await mail.send("task"), await mail.send("@bob"), await mail.send("other")];
    expect(ids.map((id) => id.slice(-4))).toEqual(["0001", "0002", "0003"]);
    mail.now = () => AT + 1000;
    expect(await mail.send("task")).toBe("20260110-153001-0001");
  });

  test("never gets an id that another writer has used in any box", async () => {
    using mail = new TemporaryStore();
    mail.now = () => AT;
    mail.putMessage("dm/eve", "20260110-153000-0001");
    mail.putMessage("topics/other", "20260110-153000-0002");
    expect(await mail.send("task")).toBe("20260110-153000-0003");
    mail.putMessage("topics/task", "20260110-153000-0004");
    expect(await mail.send("task")).toBe("20260110-153000-0005");
  });

  test("gets a higher id and no earlier time when the clock is set back a little, and believes a large step", async () => {
    using mail = new TemporaryStore();
    mail.now = () => AT;
    await mail.send("task");
    mail.now = () => AT - 5_000;
    expect(await mail.send("task")).toBe("20260110-153000-0002");
    const [, second] = await newestMessages(mail.store, { targets: [topic("task")], limit: 2 });
    expect(second?.message.time).toBe("2026-01-10T15:30:00.653Z");
    mail.now = () => AT - 3_600_000;
    expect(await mail.send("task")).toBe("20260110-143000-0001");
  });

  test("waits for the next second when all numbers of this one are taken", async () => {
    using mail = new TemporaryStore();
    const started = Date.now();
    mail.now = Date.now;
    await mail.send("task");
    const second = new Date(Date.now() + 1000)
      .toISOString()
      .slice(0, 19)
      .replace(/[-:]/g, "")
      .replace("T", "-");
    writeFileSync(
      join(mail.folder, ".last-id"),
      `${second}-9999 ${Math.floor(started / 1000 + 1) * 1000 + 500}\n`,
    );
    const id = await mail.send("task");
    expect(id > `${second}-9999`).toBe(true);
    expect(id).toEndWith("-0001");
  });

  test("goes on where the file of the last id is torn or lost", async () => {
    using mail = new TemporaryStore();
    mail.now = () => AT;
    await mail.send("task");
    for (const torn of ["", "2026011", "20260110-153000-0001", "\0\0\0"]) {
      writeFileSync(join(mail.folder, ".last-id"), torn);
      await mail.send("other");
    }
    rmSync(join(mail.folder, ".last-id"));
    expect(await mail.send("task")).toBe("20260110-153000-0006");
  });
});

describe("a message that cannot be sent", () => {
  test("14: one above 1 MiB leaves nothing behind, not even a folder", async () => {
    using mail = new TemporaryStore();
    expect(await refusal(mail.send("task", "x".repeat(1_048_576)))).toBe("message exceeds 1MB limit");
    expect(existsSync(mail.folder)).toBe(false);
  });

  test("14: into a store that may not be written says what the system says", async () => {
    using mail = new TemporaryStore();
    mkdirSync(join(mail.folder, "topics"), { recursive: true });
    mkdirSync(join(mail.folder, "agents"));
    writeFileSync(join(mail.folder, "topics/task"), "");
    expect(await refusal(mail.send("task"))).toStartWith("save message: mkdir ");
    expect(await refusal(mail.send("task"))).toEndWith(": not a directory");
  });

  test.skipIf(process.getuid?.() === 0)("14: without permission says so", async () => {
    using mail = new TemporaryStore();
    await mail.send("task");
    chmodSync(join(mail.folder, "topics/task"), 0o500);
    expect(await refusal(mail.send("task"))).toEndWith(": permission denied");
    chmodSync(join(mail.folder, "topics/task"), 0o700);
  });

  test("14: a .fmail that is a file", async () => {
    using mail = new TemporaryStore();
    writeFileSync(mail.folder, "");
    expect(await refusal(mail.send("task"))).toBe(`save message: mkdir ${mail.folder}: not a directory`);
  });

  test("5.3: an agent record that cannot be understood stops its agent, and stays as it is", async () => {
    using mail = new TemporaryStore();
    mail.put("agents/alice.json", "{");
    expect(await refusal(mail.send("task"))).toBe("update agent registry: not valid JSON");
    expect(mail.text("agents/alice.json")).toBe("{");
    expect(mail.files()).toEqual(["agents/alice.json"]);
  });
});

describe("a symbolic link in the store", () => {
  /** A store in which `path` leads to an empty folder outside. */
  async function withLink(path: string, test: (mail: TemporaryStore, outside: string) => Promise<void>) {
    using mail = new TemporaryStore();
    const outside = mkdtempSync(join(tmpdir(), "fmail-outside-"));
    try {
      mkdirSync(join(mail.folder, path, ".."), { recursive: true });
      symlinkSync(outside, join(mail.folder, path));
      await test(mail, outside);
    } finally {
      rmSync(outside, { recursive: true });
    }
  }

  test.each(["topics", "topics/task"])("%s: nothing is written through it and nothing read", async (path) => {
    await withLink(path, async (mail, outside) => {
      const box = path === "topics" ? join(outside, "task") : outside;
      mkdirSync(box, { recursive: true });
      writeFileSync(join(box, "20260110-153000-0001.json"), '{"body":"from outside"}');
      expect(await refusal(mail.send("task"))).toEndWith(": is a symbolic link");
      expect(await newestMessages(mail.store, { targets: [topic("task")], limit: 9 })).toEqual([]);
      expect(
        readdirSync(outside, { recursive: true }).filter((name) => !String(name).startsWith("task")),
      ).toEqual(path === "topics" ? [] : ["20260110-153000-0001.json"]);
    });
  });

  test.each(["dm", "dm/bob"])("%s: nothing is written through it", async (path) => {
    await withLink(path, async (mail, outside) => {
      expect(await refusal(mail.send("@bob"))).toEndWith(": is a symbolic link");
      expect(readdirSync(outside)).toEqual([]);
    });
  });

  test("agents: nothing is written through it", async () => {
    await withLink("agents", async (mail, outside) => {
      expect(await refusal(mail.send("task"))).toStartWith("update agent registry: mkdir ");
      expect(readdirSync(outside)).toEqual([]);
    });
  });

  test("in the place of the record or the last id: the file it leads to is not touched", async () => {
    using mail = new TemporaryStore();
    const secret = join(mail.root, "secret");
    writeFileSync(secret, "secret");
    mkdirSync(join(mail.folder, "agents"), { recursive: true });
    symlinkSync(secret, join(mail.folder, "agents/alice.json"));
    await mail.send("task");
    expect(lstatSync(join(mail.folder, "agents/alice.json")).isFile()).toBe(true);
    rmSync(join(mail.folder, ".last-id"));
    symlinkSync(secret, join(mail.folder, ".last-id"));
    expect(await refusal(mail.send("task"))).toEndWith(": too many levels of symbolic links");
    expect(await Bun.file(secret).text()).toBe("secret");
  });

  test("in the place of a message, a named pipe, a folder and a socket are no messages", async () => {
    using mail = new TemporaryStore();
    writeFileSync(join(mail.root, "secret.json"), '{"body":"secret"}');
    await mail.send("@bob");
    const box = join(mail.folder, "dm/bob");
    symlinkSync(join(mail.root, "secret.json"), join(box, "20260110-153000-0001.json"));
    mkdirSync(join(box, "20260110-153000-0002.json"));
    Bun.spawnSync(["mkfifo", join(box, "20260110-153000-0003.json")]);
    const found = await newestMessages(mail.store, { targets: [agent("bob")], limit: 9 });
    expect(found.map(({ message }) => message.body)).toEqual(["hi"]);
    expect(mail.warnings).toEqual([]);
  });
});

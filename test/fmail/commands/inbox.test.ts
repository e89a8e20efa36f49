import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { bodies, MailSandbox } from "./mail-sandbox.ts";

const inbox = async (mail: MailSandbox, ...words: string[]) => {
  const { code, stdout, stderr } = await mail.as("alice", ["inbox", ...words]);
  expect(code).toBe(0);
  return { bodies: bodies(stdout), stderr };
};
const id = (minute: number, number = 1): string =>
  `20260110-15${String(minute).padStart(2, "0")}00-${String(number).padStart(4, "0")}`;

describe("fmail inbox (50 section 7.12)", () => {
  test("prints unread direct messages to me once, oldest first", async () => {
    await using mail = new MailSandbox();
    await mail.send("bob", "@alice", "one");
    await mail.send("bob", "@eve", "not mine");
    await mail.send("bob", "task", "a topic");
    await mail.send("bob", "@alice", "two");
    expect(await inbox(mail)).toEqual({ bodies: ["one", "two"], stderr: "" });
    expect(await inbox(mail)).toEqual({ bodies: [], stderr: "" });
    await mail.send("bob", "@alice", "three");
    expect(await inbox(mail)).toEqual({ bodies: ["three"], stderr: "" });
  });

  test("leaves them unread with --peek, and shows read ones with --all", async () => {
    await using mail = new MailSandbox();
    await mail.send("bob", "@alice", "one");
    expect((await inbox(mail, "--peek")).bodies).toEqual(["one"]);
    expect((await inbox(mail)).bodies).toEqual(["one"]);
    expect((await inbox(mail, "--all")).bodies).toEqual(["one"]);
  });

  test("prints the oldest first when there are more than asked for, says so, and forgets none", async () => {
    await using mail = new MailSandbox();
    for (let minute = 1; minute <= 5; minute++) mail.putMessage("dm/alice", id(minute), { body: minute });
    expect(await inbox(mail, "-n", "2")).toEqual({ bodies: ["1", "2"], stderr: "(3 more: fmail inbox)\n" });
    expect(await inbox(mail, "--all", "-n", "1")).toEqual({ bodies: ["5"], stderr: "" });
    expect(await inbox(mail, "-n", "0")).toEqual({ bodies: ["3", "4"], stderr: "" });
  });

  test("reads named topics too, each with a marker of its own; my own messages are never unread", async () => {
    await using mail = new MailSandbox();
    await mail.send("bob", "task", "topic");
    await mail.send("alice", "task", "my own");
    await mail.send("bob", "other", "another topic");
    await mail.send("bob", "@alice", "direct");
    expect((await inbox(mail)).bodies).toEqual(["direct"]);
    expect((await inbox(mail, "--topics", "Task")).bodies).toEqual(["topic"]);
    expect((await inbox(mail, "--topics", "task,other")).bodies).toEqual(["another topic"]);
  });

  test("finds a message that arrives late, up to ten minutes below what was read", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("dm/alice", id(30), { body: "read" });
    await inbox(mail);
    mail.putMessage("dm/alice", id(21), { body: "late" });
    mail.putMessage("dm/alice", id(19), { body: "too late" });
    expect((await inbox(mail)).bodies).toEqual(["late"]);
    expect((await inbox(mail)).bodies).toEqual([]);
  });

  test("is not led past later mail by a message that is dated in the future", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("dm/alice", "20990101-000000-0001", { body: "from the future" });
    expect((await inbox(mail)).bodies).toEqual(["from the future"]);
    await mail.send("bob", "@alice", "from today");
    expect((await inbox(mail)).bodies).toEqual(["from today"]);
  });

  test("keeps its marker where nobody else reads it, and survives its loss", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("dm/alice", id(1), { body: "one" });
    mail.putMessage("topics/task", id(2), { body: "two" });
    await inbox(mail, "--topics", "task");
    const marker = JSON.parse(mail.text("read/alice.json"));
    expect(Object.keys(marker)).toEqual(["agent", "dm", "topics", "recent", "updated"]);
    expect(marker).toMatchObject({
      agent: "alice",
      dm: id(1),
      topics: { task: id(2) },
      recent: [id(1), id(2)],
    });
    const mode = (path: string) => (statSync(join(mail.store, path)).mode & 0o777).toString(8);
    expect([mode("read"), mode("read/alice.json")]).toEqual(["700", "600"]);
    mail.put("read/alice.json", "torn");
    expect((await inbox(mail)).bodies).toEqual(["one"]);
  });

  test("two readers at once leave a marker that covers what both have shown", async () => {
    await using mail = new MailSandbox();
    for (let number = 1; number <= 9; number++) {
      mail.putMessage("dm/alice", id(1, number));
      mail.putMessage("topics/task", id(1, number));
    }
    await Promise.all([inbox(mail), inbox(mail, "--topics", "task"), inbox(mail)]);
    expect((await inbox(mail, "--topics", "task")).bodies).toEqual([]);
  });
});

import { describe, expect, test } from "bun:test";
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { lines, MailSandbox } from "./mail-sandbox.ts";

describe("fmail gc (50 section 7.8)", () => {
  const daysAgo = (days: number): string =>
    `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-0001`;

  test("lists and removes what is older than its days, by the id, else by the time of the file", async () => {
    await using mail = new MailSandbox();
    for (const box of ["topics/task", "dm/bob", "topics/build"])
      for (const days of [1, 6.9, 7.1, 30]) mail.putMessage(box, daysAgo(days));
    mail.put("topics/task/old.json", "garbage");
    mail.put("topics/task/young.json", "garbage");
    mail.put("topics/task/note.txt", "stays");
    utimesSync(join(mail.store, "topics/task/old.json"), 0, 0);
    const old = [
      ...["topics/build", "topics/task"].flatMap((box) => [
        `${box}/${daysAgo(30)}.json`,
        `${box}/${daysAgo(7.1)}.json`,
      ]),
      "topics/task/old.json",
      `dm/bob/${daysAgo(30)}.json`,
      `dm/bob/${daysAgo(7.1)}.json`,
    ];
    expect(lines(await mail.said("alice", "gc", "--dry-run"))).toEqual(old);
    expect(mail.files()).toHaveLength(15);
    expect(await mail.said("alice", "gc")).toBe("");
    expect(mail.files().filter((path) => old.includes(path))).toEqual([]);
    expect(mail.files()).toHaveLength(8);
    await mail.said("alice", "gc", "--days", "3");
    expect(mail.files()).toHaveLength(5);
    await mail.said("alice", "gc", "--days=0");
    expect(mail.files()).toEqual(["topics/task/note.txt"]);
    expect(statSync(join(mail.store, "dm/bob")).isDirectory()).toBe(true);
  });

  test("removes what killed writers left, and nameless agents that are long gone, and nothing else", async () => {
    await using mail = new MailSandbox();
    const record = (name: string, seen: string) =>
      mail.put(`agents/${name}.json`, JSON.stringify({ name, first_seen: seen, last_seen: seen }));
    record("anon-1", "2020-01-01T00:00:00Z");
    record("anon-2", new Date().toISOString());
    record("anon-x", "2020-01-01T00:00:00Z");
    record("alice", "2020-01-01T00:00:00Z");
    for (const age of ["old", "new"]) mail.put(`topics/task/.${age}.1-x.tmp`, "");
    utimesSync(join(mail.store, "topics/task/.old.1-x.tmp"), 0, 0);
    await mail.said("alice", "gc");
    expect(mail.files()).toEqual([
      "agents/alice.json",
      "agents/anon-2.json",
      "agents/anon-x.json",
      "topics/task/.new.1-x.tmp",
    ]);
  });

  test("without a store does nothing", async () => {
    await using mail = new MailSandbox();
    expect(await mail.said("alice", "gc")).toBe("");
    expect(mail.files()).toEqual([]);
  });
});

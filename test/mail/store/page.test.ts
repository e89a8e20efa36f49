import { describe, expect, test } from "bun:test";
import { existsSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { topic } from "../../../src/mail/rules/target.ts";
import { lastMessage, listActivity } from "../../../src/mail/store/activity.ts";
import { newestMessages, type PageRequest } from "../../../src/mail/store/page.ts";
import { TemporaryStore } from "../temporary-store.ts";

const task = topic("task");

const bodies = async (mail: TemporaryStore, request: Partial<PageRequest> = {}) =>
  (await newestMessages(mail.store, { targets: [task], limit: 20, ...request })).map(
    ({ message }) => message.body,
  );

const idAt = (second: number, number = 1): string =>
  `${new Date(Date.UTC(2026, 0, 10) + second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${String(number).padStart(4, "0")}`;

/** A topic that is large enough to have its newest names remembered, and that nobody changed for a while. */
function withLargeTopic(messages = 1_200): TemporaryStore {
  const mail = new TemporaryStore();
  for (let second = 0; second < messages; second++)
    mail.putMessage("topics/task", idAt(second), { body: second });
  settle(mail);
  return mail;
}

/** As if the last change of the topic's folder were a minute ago. */
function settle(mail: TemporaryStore): void {
  const before = new Date(Date.now() - 60_000 - Math.random() * 1000);
  utimesSync(join(mail.folder, "topics/task"), before, before);
}

const isRemembered = (mail: TemporaryStore) => existsSync(join(mail.folder, ".recent/topics.task.json"));

describe("a page of messages", () => {
  test("holds the newest ones, oldest first, over several boxes", async () => {
    using mail = new TemporaryStore();
    for (const [box, second] of [
      ["task", 1],
      ["other", 2],
      ["task", 3],
      ["third", 4],
    ] as const)
      mail.putMessage(`topics/${box}`, idAt(second), { body: second });
    const targets = [task, topic("other"), topic("third"), topic("missing")];
    expect(await bodies(mail, { targets, limit: 3 })).toEqual([2, 3, 4]);
    expect(await bodies(mail, { targets, limit: 3, before: idAt(4) })).toEqual([1, 2, 3]);
    expect(await bodies(mail, { targets, limit: Number.POSITIVE_INFINITY })).toEqual([1, 2, 3, 4]);
    expect(await bodies(mail, { targets, accepts: ({ message }) => message.body !== 3, limit: 2 })).toEqual([
      2, 4,
    ]);
  });

  test("takes the same id in two boxes, and numbers from 0000", async () => {
    using mail = new TemporaryStore();
    mail.putMessage("topics/task", idAt(1, 0), { body: "task" });
    mail.putMessage("topics/other", idAt(1, 0), { body: "other" });
    expect(await bodies(mail, { targets: [task, topic("other")] })).toEqual(["other", "task"]);
  });

  test("puts a file of another name where the id in it belongs", async () => {
    using mail = new TemporaryStore();
    mail.putMessage("topics/task", idAt(1), { body: "first" });
    mail.putMessage("topics/task", idAt(3), { body: "third" });
    mail.put("topics/task/note.json", JSON.stringify({ id: idAt(2), body: "second" }));
    expect(await bodies(mail)).toEqual(["first", "second", "third"]);
    expect(await bodies(mail, { before: idAt(3) })).toEqual(["first", "second"]);
  });

  test("14: leaves out names of topics that are none, other files and deeper folders", async () => {
    using mail = new TemporaryStore();
    mail.putMessage("topics/task", idAt(1), { body: "found" });
    mail.put("topics/task/note.txt", "x");
    mail.put("topics/task/.20260110-000000-0001.x.tmp", "{}");
    mail.put("topics/task/deep/20260110-000000-0001.json", "{}");
    for (const name of ["Task", "a_b", "a.b", "caf\u00e9"]) mail.put(`topics/${name}/${idAt(1)}.json`, "{}");
    expect(await bodies(mail)).toEqual(["found"]);
    expect(listActivity(mail.store, "topic")).toEqual([
      { target: task, messages: 1, lastActivity: Date.UTC(2026, 0, 10, 0, 0, 1) },
    ]);
  });

  test("14: skips what is truncated or garbage, tells each once, and counts it", async () => {
    using mail = new TemporaryStore();
    mail.putMessage("topics/task", idAt(1), { body: "whole" });
    mail.put(`topics/task/${idAt(2)}.json`, '{"id":"2026');
    mail.put(`topics/task/${idAt(3)}.json`, "\u001b[2J\0");
    mail.put(`topics/task/${idAt(4)}.json`, "");
    const old = new Date(Date.now() - 60_000);
    for (const second of [2, 3, 4])
      utimesSync(join(mail.folder, `topics/task/${idAt(second)}.json`), old, old);
    expect(await bodies(mail)).toEqual(["whole"]);
    expect(await bodies(mail)).toEqual(["whole"]);
    expect(mail.warnings).toEqual([
      `Warning: skipping unreadable message topics/task/${idAt(4)}.json: empty file`,
      `Warning: skipping unreadable message topics/task/${idAt(3)}.json: not valid JSON`,
      `Warning: skipping unreadable message topics/task/${idAt(2)}.json: not valid JSON`,
    ]);
    expect(listActivity(mail.store, "topic")[0]?.messages).toBe(4);
  });

  test("5.4: waits for a file that another writer has not finished", async () => {
    using mail = new TemporaryStore();
    mail.put(`topics/task/${idAt(1)}.json`, '{"body": "ha');
    setTimeout(() => mail.put(`topics/task/${idAt(1)}.json`, '{"body": "half no more"}'), 100);
    expect(await bodies(mail)).toEqual(["half no more"]);
    expect(mail.warnings).toEqual([]);
  });

  test("a thousand unfinished files are waited for no longer than one", async () => {
    using mail = new TemporaryStore();
    for (let second = 0; second < 1_000; second++) mail.put(`topics/task/${idAt(second)}.json`, "{");
    const started = performance.now();
    expect(await bodies(mail)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test("a file of gigabytes is told and not read", async () => {
    using mail = new TemporaryStore();
    mail.putMessage("topics/task", idAt(1), { body: "small" });
    Bun.spawnSync(["truncate", "-s", "3G", join(mail.folder, `topics/task/${idAt(2)}.json`)]);
    expect(await bodies(mail)).toEqual(["small"]);
    expect(mail.warnings[0]).toEndWith("larger than any file of a store");
  });
});

test("the last message of a box is the newest that can be read", async () => {
  using mail = new TemporaryStore();
  expect(await lastMessage(mail.store, task)).toBeUndefined();
  mail.putMessage("topics/task", idAt(1), { body: "last" });
  mail.put(`topics/task/${idAt(2)}.json`, "broken");
  expect((await lastMessage(mail.store, task))?.message.body).toBe("last");
});

describe("the newest names of a large topic", () => {
  test("are remembered by the first reader, and pages further back are still complete", async () => {
    using mail = withLargeTopic();
    const newest = Array.from({ length: 20 }, (_, index) => 1_180 + index);
    expect(await bodies(mail)).toEqual(newest);
    expect(isRemembered(mail)).toBe(true);
    expect(await bodies(mail)).toEqual(newest);
    expect(await bodies(mail, { before: idAt(3) })).toEqual([0, 1, 2]);
    expect(await bodies(mail, { before: idAt(700), limit: 2 })).toEqual([698, 699]);
    expect(await bodies(mail, { limit: 600 })).toEqual(
      Array.from({ length: 600 }, (_, index) => 600 + index),
    );
    expect(await bodies(mail, { limit: Number.POSITIVE_INFINITY })).toHaveLength(1_200);
  });

  test("follow a sender of ours, so that the folder need not be listed again", async () => {
    using mail = withLargeTopic();
    await bodies(mail);
    const remembered = JSON.parse(mail.text(".recent/topics.task.json"));
    mail.put(".recent/topics.task.json", JSON.stringify({ ...remembered, count: 5_000 }));
    await mail.send("task", "new");
    expect(await bodies(mail, { limit: 2 })).toEqual([1_199, "new"]);
    expect(listActivity(mail.store, "topic")[0]?.messages).toBe(5_001);
  });

  test("are those of the folder when another writer adds, removes or replaces files", async () => {
    using mail = withLargeTopic();
    await bodies(mail);
    mail.putMessage("topics/task", idAt(2_000), { body: "foreign" });
    expect(await bodies(mail, { limit: 1 })).toEqual(["foreign"]);
    await mail.send("task", "ours");
    expect(await bodies(mail, { limit: 2 })).toEqual(["foreign", "ours"]);
    settle(mail);
    await bodies(mail);
    rmSync(join(mail.folder, `topics/task/${idAt(2_000)}.json`));
    expect(await bodies(mail, { limit: 2 })).toEqual([1_199, "ours"]);
  });

  test("are listed again after ten minutes", async () => {
    using mail = withLargeTopic();
    await bodies(mail);
    const path = join(mail.folder, ".recent/topics.task.json");
    const remembered = JSON.parse(mail.text(".recent/topics.task.json"));
    writeFileSync(path, JSON.stringify({ ...remembered, names: [], listedAt: Date.now() - 600_001 }));
    expect(await bodies(mail, { limit: 1 })).toEqual([1_199]);
  });

  test.each(["", "{}", "null", "[]", '{"stamp":1}', "\0"])(
    "are not taken from a file that holds %j",
    async (text) => {
      using mail = withLargeTopic();
      await bodies(mail);
      mail.put(".recent/topics.task.json", text);
      expect(await bodies(mail, { limit: 1 })).toEqual([1_199]);
    },
  );

  test("are what a full listing gives, whoever writes in whatever order", async () => {
    const step = fc.constantFrom("send", "foreign", "remove", "read", "settle");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        using mail = withLargeTopic(1_010);
        let second = 2_000;
        for (const action of steps) {
          if (action === "send") await mail.send("task", "ours");
          else if (action === "foreign") mail.putMessage("topics/task", idAt(second++));
          else if (action === "remove")
            rmSync(join(mail.folder, `topics/task/${idAt(second - 1)}.json`), { force: true });
          else if (action === "read") await bodies(mail);
          else settle(mail);
        }
        const few = await bodies(mail, { limit: 15 });
        rmSync(join(mail.folder, ".recent"), { recursive: true, force: true });
        expect(few).toEqual((await bodies(mail, { limit: Number.POSITIVE_INFINITY })).slice(-15));
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

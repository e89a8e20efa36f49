import { describe, expect, test } from "bun:test";
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../../../src/mail/rules/target.ts";
import { Follower } from "../../../src/mail/store/follower.ts";
import { TemporaryStore } from "../temporary-store.ts";

const topics = ({ kind }: Target) => kind === "topic";
const NO_END = new AbortController().signal;

/** Bodies of the next messages, as many as are asked for. */
async function next(follower: Follower, count: number): Promise<unknown[]> {
  const bodies: unknown[] = [];
  const signal = AbortSignal.timeout(5_000);
  while (bodies.length < count && !signal.aborted)
    bodies.push(...(await follower.next(signal)).map(({ message }) => message.body));
  return bodies;
}

describe("a follower", () => {
  test("delivers what appears after its start, whatever its id, and nothing that was there", async () => {
    using mail = new TemporaryStore();
    await mail.send("task", "before");
    using follower = new Follower(mail.store, topics);
    mail.putMessage("topics/task", "20010101-000000-0001", { body: "old id" });
    expect(await next(follower, 1)).toEqual(["old id"]);
    await mail.send("task", "after");
    expect(await next(follower, 1)).toEqual(["after"]);
  });

  test("starts before the first sender, and finds topics that are made later", async () => {
    using mail = new TemporaryStore();
    using follower = new Follower(mail.store, topics);
    await mail.send("@bob", "not for it");
    await mail.send("first", "1");
    expect(await next(follower, 1)).toEqual(["1"]);
    await mail.send("second", "2");
    expect(await next(follower, 1)).toEqual(["2"]);
  });

  test("delivers several at once in the order of their ids", async () => {
    using mail = new TemporaryStore();
    using follower = new Follower(mail.store, topics);
    for (const number of [3, 1, 2])
      mail.putMessage(`topics/t${number}`, `20260110-153000-000${number}`, { body: number });
    expect(await next(follower, 3)).toEqual([1, 2, 3]);
  });

  test("5.4: delivers a file once it is whole, however slowly it is written, and warns when that takes long", async () => {
    using mail = new TemporaryStore();
    using follower = new Follower(mail.store, topics);
    const path = "topics/task/20260110-153000-0001.json";
    mail.put(path, "");
    setTimeout(() => mail.put(path, '{"body": "at'), 50);
    setTimeout(() => mail.put(path, '{"body": "at last"}'), 100);
    expect(await next(follower, 1)).toEqual(["at last"]);
    expect(mail.warnings).toEqual([]);
    const slow = "topics/task/20260110-153000-0002.json";
    mail.put(slow, "{");
    setTimeout(() => mail.put(slow, '{"body": "much later"}'), 900);
    expect(await next(follower, 1)).toEqual(["much later"]);
    expect(mail.warnings).toEqual([`Warning: skipping unreadable message ${slow}: not valid JSON`]);
  });

  test("delivers renamed and linked files once, and no temporary ones, links or folders", async () => {
    using mail = new TemporaryStore();
    await mail.send("task");
    using follower = new Follower(mail.store, topics);
    const box = join(mail.folder, "topics/task");
    writeFileSync(join(box, ".a.tmp"), '{"body":"renamed"}');
    writeFileSync(join(box, ".b.tmp"), '{"body":"linked"}');
    symlinkSync(join(box, ".b.tmp"), join(box, "20260110-153000-0003.json"));
    mkdirSync(join(box, "20260110-153000-0004.json"));
    renameSync(join(box, ".a.tmp"), join(box, "20260110-153000-0001.json"));
    linkSync(join(box, ".b.tmp"), join(box, "20260110-153000-0002.json"));
    expect(await next(follower, 2)).toEqual(["renamed", "linked"]);
    mail.put("topics/task/20260110-153000-0001.json", '{"body":"changed"}');
    await mail.send("task", "last");
    expect(await next(follower, 1)).toEqual(["last"]);
  });

  test("goes on when the store is removed and made again", async () => {
    using mail = new TemporaryStore();
    await mail.send("task");
    using follower = new Follower(mail.store, topics);
    rmSync(mail.folder, { recursive: true });
    await Bun.sleep(20);
    mail.putMessage("topics/task", "20260110-153000-0001", { body: "again" });
    expect(await next(follower, 1)).toEqual(["again"]);
  });

  test("does not deliver what its caller has seen", async () => {
    using mail = new TemporaryStore();
    using follower = new Follower(mail.store, topics);
    const id = await mail.send("task", "seen");
    follower.skip({
      message: { id, from: "alice", to: "task", time: "", body: "seen" },
      target: { kind: "topic", name: "task" },
      path: `topics/task/${id}.json`,
    });
    await mail.send("task", "new");
    expect(await next(follower, 1)).toEqual(["new"]);
  });

  test("goes on from what another one has seen, without a gap and without a double", async () => {
    using mail = new TemporaryStore();
    await mail.send("task", "before");
    const seen = new Set<string>();
    {
      using first = new Follower(mail.store, topics, { fills: seen });
      await mail.send("task", "one");
      expect(await next(first, 1)).toEqual(["one"]);
    }
    mail.putMessage("topics/task", "20010101-000000-0001", { body: "two" });
    await mail.send("other", "three");
    using second = new Follower(mail.store, topics, { goesOnFrom: seen });
    expect(second.hasMore).toBe(true);
    expect(await next(second, 2)).toEqual(["two", "three"]);
    await mail.send("task", "four");
    expect(await next(second, 1)).toEqual(["four"]);
  });

  test("ends its wait when it is told to", async () => {
    using mail = new TemporaryStore();
    using follower = new Follower(mail.store, topics);
    const started = performance.now();
    expect(await follower.next(AbortSignal.timeout(50))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await follower.next(AbortSignal.abort())).toEqual([]);
  });

  test("delivers within 100 ms in the median", async () => {
    using mail = new TemporaryStore();
    await mail.send("task");
    using follower = new Follower(mail.store, topics);
    const delays: number[] = [];
    for (let round = 0; round < 21; round++) {
      const arrival = follower.next(NO_END);
      const started = performance.now();
      await mail.send("task");
      await arrival;
      delays.push(performance.now() - started);
    }
    expect(delays.toSorted((a, b) => a - b)[10]).toBeLessThan(100);
  });
});

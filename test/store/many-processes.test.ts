import { expect, test } from "bun:test";
import { readLoopMetadata } from "../../src/core/loop-metadata.ts";
import { queueItemDraft } from "../../src/core/queue-payload.ts";
import { closeDatabase, type Db, openDatabase } from "../../src/store/database.ts";
import { listMemory } from "../../src/store/loop-memory.ts";
import { enqueue, listQueue } from "../../src/store/loop-queue.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import { createLoop, getLoop, getLoopByName } from "../../src/store/loops.ts";
import { migrationStatus } from "../../src/store/migrator.ts";
import { waitFor } from "../support/wait-for.ts";
import { TemporaryStore } from "./support/temporary-store.ts";
import { runTogether, Worker } from "./support/workers.ts";

const NOW = Date.UTC(2026, 0, 2);

const isSound = (db: Db): boolean =>
  db.query<{ integrity_check: string }, []>("PRAGMA integrity_check").get()?.integrity_check === "ok" &&
  db.query("PRAGMA foreign_key_check").all().length === 0;

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

const firstNumbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("32 processes that migrate a new file at once all succeed, and their counts add up", async () => {
  using store = new TemporaryStore();
  const counts = await runTogether<number>(32, "migrate", store.path);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(14);
  const db = openDatabase(store.path, { mode: "read" });
  expect(migrationStatus(db).every(({ applied }) => applied)).toBe(true);
  expect(isSound(db)).toBe(true);
  closeDatabase(db);
});

test("32 first opens of a new file at once all find the newest schema", async () => {
  using store = new TemporaryStore();
  const versions = await runTogether(32, "open", store.path);
  expect(versions).toEqual(Array(32).fill({ version: 15 }));
});

test("64 processes that enqueue two items each give out 128 positions without gap or double", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const { id } = createLoop(db, { name: "shared", repoPath: "/r" }, NOW);
  const answers = await runTogether<number[]>(64, "enqueue", store.path, (index) => [`message ${index}`]);
  expect(ascending(answers.flat())).toEqual(firstNumbers(128));
  // The items of one batch lie side by side.
  for (const [first = 0, second] of answers) expect(second).toBe(first + 1);
  expect(listQueue(db, id).map(({ position }) => position)).toEqual(firstNumbers(128));
});

test("16 processes that empty a queue take every item exactly once", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const { id } = createLoop(db, { name: "shared", repoPath: "/r" }, NOW);
  const draft = queueItemDraft({ type: "message_append", payload: { text: "x" } });
  const items = enqueue(db, id, Array(200).fill(draft), NOW);
  const taken = await runTogether<string[]>(16, "dequeue", store.path);
  expect(taken.flat().toSorted()).toEqual(items.map((item) => item.id as string).toSorted());
  expect(new Set(listQueue(db, id).map(({ status }) => status))).toEqual(new Set(["dispatched"]));
});

test("a process that is killed inside a write leaves a file that opens with nothing half-written", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const { id } = createLoop(db, { name: "shared", repoPath: "/r" }, NOW);
  await using worker = new Worker("halfWrite", store.path);
  await worker.go();
  expect(await worker.answer<string>()).toBe("inside");
  await worker.kill();
  const after = store.open();
  expect(getLoop(after, id)).toMatchObject({ state: "stopped", lastError: undefined });
  expect(listMemory(after, id)).toEqual([]);
  expect(isSound(after)).toBe(true);
  // The lock went with the process.
  expect(patchLoop(after, id, { state: "running" }, NOW)?.state).toBe("running");
});

test.each([1, 20, 60, 150])(
  "a process that is killed between writes, after %i of them, leaves all or nothing of each",
  async (rounds) => {
    using store = new TemporaryStore();
    const db = store.open();
    const { id } = createLoop(db, { name: "shared", repoPath: "/r" }, NOW);
    const iterations = () => readLoopMetadata(getLoop(db, id).metadata).iterationCount ?? 0;
    await using worker = new Worker("pairs", store.path);
    await worker.go();
    await waitFor(() => iterations() >= rounds, { what: `${rounds} writes`, everyMs: 1 });
    await worker.kill();
    expect(listMemory(db, id).map(({ value }) => value)).toEqual([String(iterations())]);
    expect(isSound(store.open())).toBe(true);
  },
);

test("two processes that change one loop, its state and its metadata, lose neither change", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const metadata = { of_others: { kept: 1 }, runner_owner: "daemon" };
  createLoop(db, { name: "shared", repoPath: "/r", metadata }, NOW);
  await runTogether(2, "patch", store.path, (index) => [index === 0 ? "state" : "metadata", "200"]);
  expect(getLoopByName(db, "shared")).toMatchObject({
    state: "running",
    metadata: { ...metadata, iteration_count: 200 },
  });
});

test("a write waits while another process holds the lock", async () => {
  using store = new TemporaryStore();
  const db = store.open({ busyTimeoutMs: 1 });
  const { id } = createLoop(db, { name: "shared", repoPath: "/r" }, NOW);
  await using holder = new Worker("hold", store.path, ["300"]);
  await holder.go();
  expect(await holder.answer<string>()).toBe("holding");
  expect(patchLoop(db, id, { state: "running" }, NOW)?.state).toBe("running");
  expect(await holder.answer<string>()).toBe("released");
});

import { expect, test } from "bun:test";
import { commitTogether } from "../../src/store/commit-together.ts";
import { type Db, HOSTED_BUSY_TIMEOUT_MS } from "../../src/store/database.ts";
import { createLoop, listLoops } from "../../src/store/loops.ts";
import { TemporaryStore } from "./support/temporary-store.ts";
import { Worker } from "./support/workers.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const PATIENT = { deadlineMs: 10_000 };

const add = (db: Db, name: string) => createLoop(db, { name, repoPath: "/r" }, NOW);
const names = (db: Db): string[] => listLoops(db).map(({ name }) => name);

test("what is asked for within one turn is one transaction, and answered when it is committed", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const other = store.open();
  const seen: (readonly string[])[] = [];
  const first = commitTogether(db, () => add(db, "a").name, PATIENT);
  const second = commitTogether(db, () => seen.push(names(db), names(other)), PATIENT);
  expect(names(db)).toEqual([]);
  expect(await first).toBe("a");
  expect(names(other)).toEqual(["a"]);
  await second;
  expect(seen).toEqual([["a"], []]);
});

test("one that throws is undone alone", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const failing = () => {
    add(db, "b");
    throw new Error("mine");
  };
  const [a, b, c] = await Promise.allSettled([
    commitTogether(db, () => add(db, "a"), PATIENT),
    commitTogether(db, failing, PATIENT),
    commitTogether(db, () => add(db, "c"), PATIENT),
  ]);
  expect([a.status, c.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(b).toMatchObject({ status: "rejected", reason: { message: "mine" } });
  expect(names(db)).toEqual(["a", "c"]);
  await expect(commitTogether(db, failing, PATIENT)).rejects.toThrow("mine");
  expect(names(db)).toEqual(["a", "c"]);
});

test("where SQLite undoes all, as on a full disk, all are told", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const full = () => {
    db.run("ROLLBACK");
    throw new Error("full");
  };
  const answers = await Promise.allSettled([
    commitTogether(db, () => add(db, "a"), PATIENT),
    commitTogether(db, full, PATIENT),
    commitTogether(db, () => add(db, "c"), PATIENT),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(names(db)).toEqual([]);
  expect((await commitTogether(db, () => add(db, "d"), PATIENT)).name).toBe("d");
});

test("a database that cannot be used is told at once", async () => {
  using store = new TemporaryStore();
  const db = store.open();
  const answer = commitTogether(db, () => {}, { deadlineMs: Number.MAX_SAFE_INTEGER });
  db.close();
  await expect(answer).rejects.toThrow("closed");
});

test("a lock that does not become free is told to each when its own time is over", async () => {
  using store = new TemporaryStore();
  const db = store.open({ busyTimeoutMs: HOSTED_BUSY_TIMEOUT_MS });
  await using holder = new Worker("hold", store.path, ["60000"]);
  await holder.go();
  await holder.answer();
  const hasty = commitTogether(db, () => add(db, "hasty"), { deadlineMs: 50 });
  const patient = commitTogether(db, () => add(db, "patient"), { deadlineMs: 60_000 });
  await expect(hasty).rejects.toMatchObject({ code: "ERR_OPERATION_FAILED" });
  await holder[Symbol.asyncDispose]();
  await patient;
  expect(names(db)).toEqual(["patient"]);
});

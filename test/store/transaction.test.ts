import { expect, test } from "bun:test";
import { HOSTED_BUSY_TIMEOUT_MS } from "../../src/store/database.ts";
import { createLoop, listLoops } from "../../src/store/loops.ts";
import { inTransaction, inTransactionAsync } from "../../src/store/transaction.ts";
import { inMemory, TemporaryStore } from "./support/temporary-store.ts";
import { Worker } from "./support/workers.ts";

const NOW = Date.UTC(2026, 0, 2);

test("an error inside a transaction undoes all of it and is thrown on unchanged", () => {
  using db = inMemory();
  const failure = new Error("mine");
  const write = () =>
    inTransaction(db, () => {
      createLoop(db, { name: "a", repoPath: "/r" }, NOW);
      throw failure;
    });
  expect(write).toThrow(failure);
  expect(listLoops(db)).toEqual([]);
  expect(db.inTransaction).toBe(false);
});

test("a transaction inside another one is part of it", () => {
  using db = inMemory();
  expect(() =>
    inTransaction(db, () => {
      inTransaction(db, () => createLoop(db, { name: "a", repoPath: "/r" }, NOW));
      throw new Error("later");
    }),
  ).toThrow("later");
  expect(listLoops(db)).toEqual([]);
});

test("an error that has already ended the transaction is thrown on unchanged", () => {
  using db = inMemory();
  const write = () =>
    inTransaction(db, () => {
      // As SQLite does by itself when the disk is full.
      db.run("ROLLBACK");
      throw new Error("original");
    });
  expect(write).toThrow("original");
});

test("waiting for the lock leaves the event loop running", async () => {
  using store = new TemporaryStore();
  const db = store.open({ busyTimeoutMs: HOSTED_BUSY_TIMEOUT_MS });
  await using holder = new Worker("hold", store.path, ["400"]);
  await holder.go();
  await holder.answer();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await inTransactionAsync(db, () => createLoop(db, { name: "a", repoPath: "/r" }, NOW));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
  expect(listLoops(db).length).toBe(1);
});

test("20 edge cases: a lock that does not become free is told as busy, never as locked", async () => {
  using store = new TemporaryStore();
  const db = store.open({ busyTimeoutMs: HOSTED_BUSY_TIMEOUT_MS });
  await using holder = new Worker("hold", store.path, ["60000"]);
  await holder.go();
  await holder.answer();
  const write = inTransactionAsync(db, () => listLoops(db), { deadlineMs: 1100 });
  await expect(write).rejects.toMatchObject({
    message: "database is busy (held for 1 s); another forge process may be stuck",
    code: "ERR_OPERATION_FAILED",
    exit: 2,
  });
});

test("a caller that is cancelled stops waiting", async () => {
  using store = new TemporaryStore();
  const db = store.open({ busyTimeoutMs: 1 });
  await using holder = new Worker("hold", store.path, ["60000"]);
  await holder.go();
  await holder.answer();
  const cancelled = new Error("cancelled");
  const write = inTransactionAsync(db, () => listLoops(db), { signal: AbortSignal.abort(cancelled) });
  await expect(write).rejects.toBe(cancelled);
});

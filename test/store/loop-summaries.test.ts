import { expect, test } from "bun:test";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { dequeue, enqueue } from "../../src/store/loop-queue.ts";
import { createRun } from "../../src/store/loop-runs.ts";
import { listLoopSummaries } from "../../src/store/loop-summaries.ts";
import { createPool } from "../../src/store/pools.ts";
import { addLoop, addProfile, message, NOW } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

test("a summary has the counts, the names and what Forge knows of the loop", () => {
  using db = inMemory();
  const pool = createPool(db, { name: "main" }, NOW);
  const profile = addProfile(db, "claude-a");
  const busy = addLoop(db, "busy", { poolId: pool.id });
  const pinned = addLoop(db, "pinned", { profileId: profile.id }, NOW + 1000);
  for (let run = 0; run < 3; run++) createRun(db, { loopId: busy.id }, NOW);
  enqueue(db, busy.id, [message("one"), message("two"), message("three")], NOW);
  dequeue(db, busy.id, NOW);
  takeOwnership(db, pinned.id, { owner: "daemon", instanceId: "i", bootId: "b" }, NOW);
  const [first, second] = listLoopSummaries(db);
  expect(first).toEqual({
    loop: expect.objectContaining({ name: "busy" }),
    runs: 3,
    pending: 2,
    profileName: undefined,
    poolName: "main",
    runtime: undefined,
  });
  expect(second).toMatchObject({
    loop: { name: "pinned" },
    runs: 0,
    pending: 0,
    profileName: "claude-a",
    runtime: { owner: "daemon", wanted: "running", epoch: 1 },
  });
});

test("summaries are filtered in the database and ordered by creation", () => {
  using db = inMemory();
  addLoop(db, "late", { tags: ["x"] }, NOW + 5000);
  addLoop(db, "early", { tags: ["x"] });
  addLoop(db, "other", { tags: ["y"] });
  expect(listLoopSummaries(db, { tag: "x" }).map(({ loop }) => loop.name)).toEqual(["early", "late"]);
});

test("40 edge cases: orphan rows of programs without foreign keys are ignored, and a missing pool hides no loop", () => {
  using db = inMemory();
  const { id } = addLoop(db, "a");
  db.run("PRAGMA foreign_keys = OFF");
  createRun(db, { loopId: id }, NOW);
  db.run("UPDATE loops SET pool_id = 'gone'; INSERT INTO loop_runs (id, loop_id) VALUES ('r', 'gone')");
  expect(listLoopSummaries(db)).toMatchObject([{ loop: { name: "a" }, runs: 1, poolName: undefined }]);
});

import { describe, expect, test } from "bun:test";
import type { LoopId } from "../../src/core/ids.ts";
import { loopVerbJson } from "../../src/core/loop.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { setMemory } from "../../src/store/loop-memory.ts";
import { enqueue } from "../../src/store/loop-queue.ts";
import { findLoopByReference } from "../../src/store/loop-reference.ts";
import { createRun, listRuns } from "../../src/store/loop-runs.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import {
  allocateShortId,
  createLoop,
  deleteLoop,
  getLoop,
  getLoopByName,
  getLoopByShortId,
  listLoops,
  updateLoop,
} from "../../src/store/loops.ts";
import { createPool } from "../../src/store/pools.ts";
import { setCurrentWork } from "../../src/store/work-state.ts";
import { errorOf } from "../support/error-of.ts";
import { addLoop, addProfile, message, NOW, NOW_TEXT, storedRow, unknownId } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

describe("creating a loop", () => {
  test("fills in what was left out and stores empty values as NULL", () => {
    using db = inMemory();
    const loop = createLoop(db, { name: "zed", repoPath: "/repo" }, NOW);
    expect(storedRow(db, "loops", loop.id)).toMatchObject({
      short_id: expect.stringMatching(/^[a-z0-9]{8}$/),
      interval_seconds: 30,
      max_iterations: 0,
      max_runtime_seconds: 0,
      state: "stopped",
      base_prompt_msg: null,
      pool_id: null,
      last_exit_code: null,
      tags_json: null,
      metadata_json: null,
      created_at: NOW_TEXT,
      updated_at: NOW_TEXT,
    });
    expect(getLoop(db, loop.id)).toEqual(loop);
  });

  test("keeps every value that is given", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "main" }, NOW);
    const profile = addProfile(db, "p");
    const loop = createLoop(
      db,
      {
        id: unknownId<LoopId>(),
        shortId: "ABC1234",
        name: "full",
        repoPath: "/repo",
        basePromptPath: "/repo/PROMPT.md",
        basePromptMsg: "text",
        intervalSeconds: 1,
        maxIterations: 2,
        maxRuntimeSeconds: 3,
        poolId: pool.id,
        profileId: profile.id,
        state: "error",
        lastRunAt: NOW,
        lastExitCode: 0,
        lastError: "why",
        logPath: "/log",
        ledgerPath: "/ledger",
        tags: ["b", "a"],
        metadata: {},
      },
      NOW,
    );
    expect(loop.shortId).toBe("abc1234");
    expect(getLoop(db, loop.id)).toEqual(loop);
    expect(storedRow(db, "loops", loop.id)).toMatchObject({ tags_json: '["b","a"]', metadata_json: "{}" });
  });

  test("is told by an event in the same transaction", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const [event] = queryEvents(db, {}).events;
    expect(event).toMatchObject({
      type: "loop.created",
      entityType: "system",
      entityId: id,
      payloadJson: '{"name":"a","repo_path":"/repo"}',
      metadata: { kind: "loop", loop_id: id, loop_name: "a" },
    });
  });

  test.each([
    ["name", { name: "taken" }],
    ["id", { id: "11111111-1111-4111-8111-111111111111" as LoopId }],
    ["short id, in any case", { shortId: "TAKEN1" }],
  ])("40 edge cases: two loops with one %s: loop already exists", (_what, draft) => {
    using db = inMemory();
    addLoop(db, "taken", { id: "11111111-1111-4111-8111-111111111111" as LoopId, shortId: "taken1" });
    const error = errorOf(() => addLoop(db, "fresh", draft));
    expect([error.message, error.code]).toEqual(["loop already exists", "ERR_EXISTS"]);
    expect(listLoops(db).length).toBe(1);
    expect(queryEvents(db, {}).events.length).toBe(1);
  });

  test("refuses invalid values before anything is written", () => {
    using db = inMemory();
    expect(errorOf(() => createLoop(db, { name: " ", repoPath: "" }, NOW)).message).toBe(
      "invalid loop: name: loop name is required; repo_path: loop repo path is required",
    );
    expect(listLoops(db)).toEqual([]);
  });

  test("gives up after ten short ids that are taken", () => {
    using db = inMemory();
    addLoop(db, "a", { shortId: "same1234" });
    let tries = 0;
    const error = errorOf(() =>
      allocateShortId(db, () => {
        tries++;
        return "same1234";
      }),
    );
    expect([error.message, tries]).toEqual(["failed to allocate unique loop short ID", 10]);
  });
});

describe("finding loops", () => {
  test("by id, name or short id is exact", () => {
    using db = inMemory();
    const loop = addLoop(db, "Alpha", { shortId: "abc12345" });
    expect(getLoopByName(db, "Alpha")).toEqual(loop);
    expect(getLoopByShortId(db, "abc12345")).toEqual(loop);
    for (const call of [
      () => getLoop(db, unknownId<LoopId>()),
      () => getLoopByName(db, "alpha"),
      () => getLoopByShortId(db, "abc"),
    ]) {
      expect(errorOf(call).message).toBe("loop not found");
    }
  });

  test("by reference takes short id, id, name and prefixes, in that order", () => {
    using db = inMemory();
    const first = addLoop(db, "abc12302", { shortId: "abc12301" });
    const second = addLoop(db, "w-2", { shortId: "abc12302" }, NOW + 1000);
    expect(findLoopByReference(db, " ABC12302 ").id).toBe(second.id);
    expect(findLoopByReference(db, first.id).id).toBe(first.id);
    expect(findLoopByReference(db, "w-2").id).toBe(second.id);
    expect(errorOf(() => findLoopByReference(db, "abc")).message).toStartWith(
      "loop 'abc' is ambiguous; matches: abc12302 (abc12301), w-2 (abc12302)",
    );
    expect(errorOf(() => findLoopByReference(db, "w-2", { state: "running" })).message).toBe(
      "loop 'w-2' not found",
    );
  });

  test.each([
    ["repoPath", { repoPath: "/other" }, ["b"]],
    ["state", { state: "error" }, ["c"]],
    ["a state that does not exist", { state: "flying" }, []],
    ["tag", { tag: "x" }, ["a", "c"]],
    ["part of a tag", { tag: "xy" }, ["b"]],
    ["empty conditions", { tag: "", state: "", repoPath: "" }, ["a", "b", "c"]],
    ["two conditions", { tag: "x", state: "error" }, ["c"]],
  ])("by filter: %s", (_what, filter, names) => {
    using db = inMemory();
    addLoop(db, "a", { tags: ["x"] }, NOW);
    addLoop(db, "b", { tags: ["xy"], repoPath: "/other" }, NOW + 1000);
    addLoop(db, "c", { tags: ["y", "x"], state: "error" }, NOW + 2000);
    expect(listLoops(db, filter).map(({ name }) => name)).toEqual(names);
  });

  test("by pool and profile", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "main" }, NOW);
    const profile = addProfile(db, "p");
    addLoop(db, "a", { poolId: pool.id });
    addLoop(db, "b", { profileId: profile.id });
    expect(listLoops(db, { poolId: pool.id }).map(({ name }) => name)).toEqual(["a"]);
    expect(listLoops(db, { profileId: profile.id }).map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("edge cases of 40: rows of other programs", () => {
  test.each([
    ["tags_json", "not json", { tags: [] }],
    ["tags_json", '{"a":1}', { tags: [] }],
    ["tags_json", '["a",1,null,"b"]', { tags: ["a", "b"] }],
    ["metadata_json", "not json", { metadata: undefined }],
    ["metadata_json", "[1]", { metadata: undefined }],
    ["last_run_at", "yesterday", { lastRunAt: undefined }],
    ["last_run_at", "", { lastRunAt: undefined }],
    ["last_run_at", "2026-01-02 03:04:05", { lastRunAt: NOW }],
    ["last_run_at", "2026-01-02T05:04:05.5+02:00", { lastRunAt: NOW + 500 }],
    ["base_prompt_msg", "", { basePromptMsg: undefined }],
  ])("%s %j is read", (column, value, expected) => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    db.query(`UPDATE loops SET ${column} = ? WHERE id = ?`).run(value, id);
    expect(getLoop(db, id)).toMatchObject(expected);
    expect(listLoops(db, { tag: "nothing" })).toEqual([]);
  });

  test("row with NULL short_id: shown and found by id or name; filled on next update", () => {
    using db = inMemory();
    const loop = addLoop(db, "a");
    db.query("UPDATE loops SET short_id = NULL").run();
    const found = findLoopByReference(db, loop.id.slice(0, 8));
    expect(loopVerbJson(found).short_id).toBe(loop.id.slice(0, 8));
    expect(findLoopByReference(db, "a").shortId).toBe("");
    updateLoop(db, found, NOW);
    expect(getLoop(db, loop.id).shortId).toMatch(/^[a-z0-9]{8}$/);
  });

  test("upper-case short_id in a row: found case-insensitively", () => {
    using db = inMemory();
    addLoop(db, "a");
    db.query("UPDATE loops SET short_id = 'ABCD1234'").run();
    expect(findLoopByReference(db, "abcd1234").name).toBe("a");
    expect(findLoopByReference(db, "abcD").name).toBe("a");
  });

  test("loop state outside the five: the table refuses it", () => {
    using db = inMemory();
    addLoop(db, "a");
    expect(() => db.run("UPDATE loops SET state = 'flying'")).toThrow("CHECK constraint failed");
  });

  test("an update gives updated_at the space form, which is read and printed like any other", () => {
    using db = inMemory();
    const loop = addLoop(db, "a");
    updateLoop(db, { ...loop, intervalSeconds: 7 }, NOW);
    expect(storedRow(db, "loops", loop.id).updated_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(loopVerbJson(getLoop(db, loop.id)).updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});

describe("changing a loop", () => {
  test("as a whole keeps id and created_at, and refuses a name that is taken", () => {
    using db = inMemory();
    const loop = addLoop(db, "a");
    addLoop(db, "b");
    updateLoop(db, { ...loop, name: "c", tags: ["t"], createdAt: 0 }, NOW);
    expect(getLoop(db, loop.id)).toMatchObject({ name: "c", tags: ["t"], createdAt: NOW });
    expect(errorOf(() => updateLoop(db, { ...loop, name: "b" }, NOW)).message).toBe("loop already exists");
    expect(errorOf(() => updateLoop(db, { ...loop, id: unknownId<LoopId>() }, NOW)).message).toBe(
      "loop not found",
    );
  });

  test("deleting takes everything of it along and tells loop.removed", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    enqueue(db, id, [message("hi")], NOW);
    createRun(db, { loopId: id }, NOW);
    setMemory(db, id, "k", "v", NOW);
    setCurrentWork(db, { loopId: id, agentId: "a", taskId: "t", loopIteration: 0 }, NOW);
    takeOwnership(db, id, { owner: "daemon", instanceId: "i", bootId: "b" }, NOW);
    deleteLoop(db, id, NOW);
    for (const table of ["loop_queue_items", "loop_runs", "loop_kv", "loop_work_state", "fx_loops"])
      expect(db.query(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 });
    expect(queryEvents(db, { type: "loop.removed" }).events.length).toBe(1);
    expect(errorOf(() => deleteLoop(db, id, NOW)).message).toBe("loop not found");
  });

  test("a loop that was deleted meanwhile is not written back", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    deleteLoop(db, id, NOW);
    expect(patchLoop(db, id, { state: "running" }, NOW)).toBeUndefined();
    expect(listLoops(db)).toEqual([]);
  });
});

test("40 edge cases: clock goes backwards: loops, queue and runs keep an order, and nothing fails", () => {
  using db = inMemory();
  const HOUR = 3_600_000;
  for (const name of ["l0", "l1"]) createLoop(db, { name, repoPath: "/r" }, NOW);
  const earlier = createLoop(db, { name: "earlier", repoPath: "/r" }, NOW - HOUR);
  expect(listLoops(db).map(({ name }) => name)).toEqual(["earlier", "l0", "l1"]);
  const items = [NOW, NOW - HOUR, NOW].flatMap((now) => enqueue(db, earlier.id, [message("m")], now));
  expect(items.map(({ position }) => position)).toEqual([1, 2, 3]);
  const [a, b, c] = [NOW, NOW - HOUR, NOW].map((now) => createRun(db, { loopId: earlier.id }, now));
  expect(listRuns(db, earlier.id)).toEqual([c, a, b].filter((run) => run !== undefined));
  expect(patchLoop(db, earlier.id, { state: "sleeping" }, NOW - 2 * HOUR)?.state).toBe("sleeping");
});

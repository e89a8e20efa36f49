import { describe, expect, test } from "bun:test";
import { runnerEvent } from "../../src/core/loop-events.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import {
  findLoopRuntime,
  listLoopRuntimes,
  patchLoopRuntime,
  takeOwnership,
} from "../../src/store/fx-loops.ts";
import { createRun, getRun } from "../../src/store/loop-runs.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import { getLoop } from "../../src/store/loops.ts";
import { stopStaleLoop } from "../../src/store/stale-loops.ts";
import { addLoop, NOW, storedRow } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

const OWNER = { owner: "daemon", instanceId: "i1", bootId: "boot" } as const;

describe("a narrow update", () => {
  test("changes what it names and nothing else", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a", { lastError: "old", logPath: "/log", tags: ["t"] });
    const before = storedRow(db, "loops", id);
    patchLoop(db, id, { state: "running", lastRunAt: NOW, lastExitCode: 0 }, NOW);
    expect(storedRow(db, "loops", id)).toEqual({
      ...before,
      state: "running",
      last_run_at: "2026-01-02T03:04:05Z",
      last_exit_code: 0,
      updated_at: expect.any(String),
    });
    patchLoop(db, id, { lastError: null, lastExitCode: null, ledgerPath: "/ledger" }, NOW);
    expect(storedRow(db, "loops", id)).toMatchObject({
      last_error: null,
      last_exit_code: null,
      ledger_path: "/ledger",
      log_path: "/log",
    });
  });

  test("changes metadata by key: unknown keys survive, null removes", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a", { metadata: { theirs: { deep: [1] }, pid: 7, iteration_count: 1 } });
    patchLoop(db, id, { metadata: { pid: null, iterationCount: 2, runnerOwner: "daemon" } }, NOW);
    expect(getLoop(db, id).metadata).toEqual({
      theirs: { deep: [1] },
      iteration_count: 2,
      runner_owner: "daemon",
    });
  });

  test("of a state compares before it sets", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a", { state: "sleeping" });
    expect(patchLoop(db, id, { state: "running" }, NOW, { from: ["waiting", "sleeping"] })?.state).toBe(
      "running",
    );
    expect(patchLoop(db, id, { state: "error" }, NOW, { from: ["sleeping"] })).toBeUndefined();
    expect(getLoop(db, id).state).toBe("running");
  });

  test("by a runner that was replaced writes nothing", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const first = takeOwnership(db, id, OWNER, NOW);
    const second = takeOwnership(db, id, { ...OWNER, instanceId: "i2" }, NOW);
    expect([first, second]).toEqual([1, 2]);
    expect(patchLoop(db, id, { state: "error" }, NOW, { epoch: first })).toBeUndefined();
    expect(patchLoopRuntime(db, id, { wanted: "held" }, NOW, { epoch: first })).toBe(false);
    expect(patchLoop(db, id, { state: "running" }, NOW, { epoch: second })?.state).toBe("running");
    expect(findLoopRuntime(db, id)).toMatchObject({ wanted: "running", instanceId: "i2", epoch: 2 });
  });

  test("stores its event in the same transaction, made from the loop as it is then", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a", { metadata: { iteration_count: 3 } });
    patchLoop(db, id, { state: "stopped", lastError: "done: tests pass" }, NOW, {
      tell: (loop) => runnerEvent("loop.stopped", loop, "daemon"),
    });
    const [event] = queryEvents(db, { type: "loop.stopped" }).events;
    expect(JSON.parse(event?.payloadJson ?? "")).toEqual({
      state: "stopped",
      last_error: "done: tests pass",
      iteration_count: 3,
      owner: "daemon",
    });
    expect(() =>
      patchLoop(db, id, { state: "error" }, NOW, {
        tell: () => {
          throw new Error("no event");
        },
      }),
    ).toThrow("no event");
    expect(getLoop(db, id).state).toBe("stopped");
  });
});

describe("what belongs to a state", () => {
  const wait = { kind: "profile", reason: "busy", since: NOW, until: NOW + 5000 };

  test("the reason to wait goes when the loop no longer waits", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    takeOwnership(db, id, OWNER, NOW);
    patchLoop(db, id, { state: "waiting", metadata: { waitUntil: NOW + 5000 }, runtime: { wait } }, NOW);
    expect(getLoop(db, id).metadata).toEqual({ wait_until: "2026-01-02T03:04:10Z" });
    expect(findLoopRuntime(db, id)?.wait).toEqual(wait);
    patchLoop(db, id, { state: "running" }, NOW);
    expect(getLoop(db, id).metadata).toEqual({});
    expect(findLoopRuntime(db, id)?.wait).toBeUndefined();
  });

  test.each([
    ["stopped", undefined, "stopped"],
    ["error", undefined, "stopped"],
    ["stopped", "held", "held"],
    ["sleeping", undefined, "running"],
  ] as const)("a loop that becomes %s (asked for: %p) is wanted %s", (state, asked, wanted) => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    takeOwnership(db, id, OWNER, NOW);
    patchLoop(db, id, { state, runtime: asked && { wanted: asked } }, NOW);
    expect(findLoopRuntime(db, id)?.wanted).toBe(wanted);
  });

  test("loops that Forge never ran get no row of Forge by it", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a", { state: "running" });
    patchLoop(db, id, { state: "stopped" }, NOW);
    expect(findLoopRuntime(db, id)).toBeUndefined();
  });
});

describe("what Forge alone knows of a loop", () => {
  test("is kept value by value", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    expect(patchLoopRuntime(db, id, { carry: ["steer"], limits: { stall: 5 } }, NOW)).toBe(true);
    patchLoopRuntime(db, id, { streaks: { failures: 2, noProgress: 1 }, retry: { tries: 1 } }, NOW + 1);
    expect(findLoopRuntime(db, id)).toEqual({
      loopId: id,
      wanted: "stopped",
      owner: undefined,
      instanceId: undefined,
      epoch: 0,
      bootId: undefined,
      wait: undefined,
      streaks: { failures: 2, noProgress: 1 },
      carry: ["steer"],
      limits: { stall: 5 },
      retry: { tries: 1 },
      updatedAt: NOW + 1,
    });
    patchLoopRuntime(db, id, { carry: [], limits: null, retry: null }, NOW);
    expect(findLoopRuntime(db, id)).toMatchObject({ carry: [], limits: undefined, retry: undefined });
  });

  test("of a loop that other programs deleted is ignored", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    takeOwnership(db, id, OWNER, NOW);
    expect(listLoopRuntimes(db).length).toBe(1);
    db.query("DELETE FROM loops").run();
    expect(listLoopRuntimes(db)).toEqual([]);
  });
});

describe("a loop whose runner is dead", () => {
  const DEAD = { pidAlive: false, daemonRunnerAlive: false };

  test("is stopped as stale, and its runs are ended so that their slots are free", () => {
    using db = inMemory();
    const loop = addLoop(db, "a", { state: "sleeping", metadata: { pid: 42, wait_until: "x" } });
    const run = createRun(db, { loopId: loop.id }, NOW);
    const ended = createRun(db, { loopId: loop.id, status: "error", exitCode: 3, finishedAt: NOW }, NOW);
    expect(stopStaleLoop(db, loop, DEAD, NOW + 1000)).toMatchObject({
      state: "stopped",
      lastError: "stale_runner",
      metadata: {
        pid: 42,
        runner_liveness: {
          pid_alive: false,
          daemon_runner_alive: false,
          reconciled_at: "2026-01-02T03:04:06Z",
          reason: "stale_runner",
        },
      },
    });
    expect(getRun(db, run.id)).toMatchObject({ status: "killed", exitCode: -9, finishedAt: NOW + 1000 });
    expect(getRun(db, ended.id)).toMatchObject({ status: "error", exitCode: 3, finishedAt: NOW });
  });

  test.each([
    ["its state", { state: "running" as const }],
    ["its pid", { metadata: { pid: 43 } }],
    ["its runner", { metadata: { runnerInstanceId: "new" } }],
  ])("is left alone when %s changed since it was looked at", (_what, patch) => {
    using db = inMemory();
    const seen = addLoop(db, "a", { state: "sleeping", metadata: { pid: 42 } });
    patchLoop(db, seen.id, patch, NOW);
    expect(stopStaleLoop(db, seen, DEAD, NOW)).toBeUndefined();
    expect(getLoop(db, seen.id).lastError).toBeUndefined();
  });
});

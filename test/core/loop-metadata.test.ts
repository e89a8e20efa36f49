import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { changeLoopMetadata, readLoopMetadata } from "../../src/core/loop-metadata.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT } from "../support/core-samples.ts";

describe("metadata of a loop (spec/10 section 1.4)", () => {
  test("written by the Go line is understood", () => {
    const metadata = {
      iteration_count: 3,
      pid: 6331,
      started_at: "2026-11-22T23:02:42Z",
      stop_state: { main_iteration_count: 3 },
    };
    expect(readLoopMetadata(metadata)).toEqual({
      iterationCount: 3,
      pid: 6331,
      startedAt: Date.UTC(2026, 10, 22, 23, 2, 42),
      stopState: { mainIterations: 3, judgeIterations: 0, lastJudgedMain: 0 },
    });
  });

  test("written by the Rust line is understood, with fraction and offset", () => {
    const metadata = { started_at: "2026-11-22T23:03:15.320546589+00:00", iteration_count: 2, pid: 15599 };
    expect(readLoopMetadata(metadata).startedAt).toBe(Date.UTC(2026, 10, 22, 23, 3, 15, 320));
  });

  test.each([
    [3, 3],
    [3.9, 3],
    ["3", 3],
    [" 3.5 ", 3],
    ["three", undefined],
    ["", undefined],
    [null, undefined],
    [true, undefined],
    [1e300, undefined],
  ])("spec/10 edge cases, metadata numbers as strings: %j reads as %p", (stored, count) => {
    expect(readLoopMetadata({ iteration_count: stored }).iterationCount).toBe(count);
  });

  test.each([[0], [-1], ["-5"], [0.5], ["x"]])(
    "%j is no pid: a signal to it would reach a whole group",
    (pid) => {
      expect(readLoopMetadata({ pid }).pid).toBeUndefined();
    },
  );

  test("knows owner, instance, wait and what the reconciler wrote", () => {
    const metadata = {
      runner_owner: "daemon",
      runner_instance_id: "i1",
      wait_until: SAMPLE_TIME_TEXT,
      runner_liveness: { pid_alive: false, reconciled_at: SAMPLE_TIME_TEXT, reason: "stale_runner" },
    };
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    expect(readLoopMetadata(metadata)).toEqual({
      runnerOwner: "daemon",
      runnerInstanceId: "i1",
      waitUntil: at,
      runnerLiveness: { pidAlive: false, daemonRunnerAlive: false, reconciledAt: at, reason: "stale_runner" },
    });
  });

  test("that is absent or nonsense reads as nothing known", () => {
    expect(readLoopMetadata(undefined)).toEqual({});
    expect(readLoopMetadata({ stop_state: 5, stop_config: "x", wait_until: 7, runner_owner: "" })).toEqual(
      {},
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (metadata) => {
        readLoopMetadata(metadata);
      }),
    );
  });
});

describe("changing the metadata of a loop", () => {
  test("sets and removes the named keys only", () => {
    const before = { pid: 7, wait_until: "x", foreign: { kept: [1] }, iteration_count: 4 };
    const after = changeLoopMetadata(before, { pid: null, waitUntil: undefined, iterationCount: 5 });
    expect(after).toEqual({ wait_until: "x", foreign: { kept: [1] }, iteration_count: 5 });
    expect(before.pid).toBe(7);
  });

  test("writes the stored forms", () => {
    const after = changeLoopMetadata(undefined, {
      pid: 9,
      startedAt: SAMPLE_TIME,
      iterationCount: 0,
      stopState: { mainIterations: 0, judgeIterations: 2, lastJudgedMain: 0 },
      waitUntil: SAMPLE_TIME,
      runnerOwner: "local",
      runnerInstanceId: "local-1",
      runnerLiveness: {
        pidAlive: false,
        daemonRunnerAlive: false,
        reconciledAt: SAMPLE_TIME,
        reason: "stale_runner",
      },
    });
    expect(JSON.parse(JSON.stringify(after))).toEqual({
      pid: 9,
      started_at: SAMPLE_TIME_TEXT,
      iteration_count: 0,
      stop_state: { qual_iteration_count: 2 },
      wait_until: SAMPLE_TIME_TEXT,
      runner_owner: "local",
      runner_instance_id: "local-1",
      runner_liveness: {
        pid_alive: false,
        daemon_runner_alive: false,
        reconciled_at: SAMPLE_TIME_TEXT,
        reason: "stale_runner",
      },
    });
  });

  test("is read back as it was written", () => {
    const stopConfig = {
      qualitative: { every: 1, prompt: "p", promptIsPath: false, onInvalid: "stop" as const },
    };
    expect(readLoopMetadata(changeLoopMetadata({}, { stopConfig })).stopConfig).toEqual(stopConfig);
    expect(changeLoopMetadata({ stop_config: {} }, { stopConfig: null })).toEqual({});
  });
});

import { expect, test } from "bun:test";
import { readRunLimits, runLimitsJson } from "../../src/core/run-limits.ts";
import { quietTime, readStallState, stallStateJson } from "../../src/core/stall-state.ts";

test("limits of runs are read as they were written, whatever else stands beside them", () => {
  const limits = { firstOutput: 0, stall: 90_000, runTimeout: undefined };
  const stored = JSON.parse(JSON.stringify({ ...runLimitsJson(limits), stop_after_failures: 3 }));
  expect(stored).toEqual({ first_output_ms: 0, stall_ms: 90_000, stop_after_failures: 3 });
  expect(readRunLimits(stored)).toEqual(limits);
  expect(readRunLimits(undefined)).toEqual({
    firstOutput: undefined,
    stall: undefined,
    runTimeout: undefined,
  });
});

test("what is remembered of a stalled run is read as it was written", () => {
  const state = {
    stalled: { runId: "r1", sessionId: "s1", profileId: "p1", retriedBy: undefined },
    quietSince: Date.UTC(2026, 10, 24),
  } as never;
  const stored = JSON.parse(JSON.stringify(stallStateJson(state)));
  expect(readStallState(stored)).toEqual(state);
  expect(quietTime(stored, Date.UTC(2026, 10, 24, 0, 16))).toBe(16 * 60_000);
  expect(stallStateJson({})).toBeNull();
  expect(quietTime(undefined, 0)).toBeUndefined();
});

import { describe, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import {
  isBeingStarted,
  judgeRunner,
  type RunnerFacts,
  type RunnerVerdict,
} from "../../src/core/runner-verdict.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const nobody: RunnerFacts = { hasRunner: false, harnessLives: false, isOurs: false, supervisorAlive: false };
const ours = { ...nobody, isOurs: true };

const loop = (state: Loop["state"], metadata?: Loop["metadata"], updatedAt = NOW - 60_000) => ({
  state,
  metadata,
  updatedAt,
});

describe("10 section 11: whether a runner lives", () => {
  const daemon = { runner_owner: "daemon" };
  const rows: [row: string, loop: ReturnType<typeof loop>, facts: RunnerFacts, verdict: RunnerVerdict][] = [
    ["the lock is held", loop("running"), { ...ours, hasRunner: true }, "live"],
    ["the lock is held for a moment after the end", loop("stopped"), { ...ours, hasRunner: true }, "live"],
    ["stopped", loop("stopped"), ours, "none"],
    ["error", loop("error"), ours, "none"],
    ["ours, running, nobody there", loop("running"), ours, "stale"],
    ["ours, sleeping, nobody there", loop("sleeping"), ours, "stale"],
    ["ours, waiting, nobody there", loop("waiting"), ours, "stale"],
    ["ours, its harness lives", loop("running"), { ...ours, harnessLives: true }, "orphaned"],
    ["ours, its old pid is alive again", loop("running"), { ...ours, pidAlive: true }, "stale"],
    ["theirs, pid alive", loop("running"), { ...nobody, pidAlive: true }, "live"],
    ["theirs, pid dead", loop("sleeping"), { ...nobody, pidAlive: false }, "stale"],
    ["theirs, no pid, old row", loop("running"), nobody, "stale"],
    ["theirs, no pid, row of 4 s ago", loop("running", {}, NOW - 4000), nobody, "live"],
    [
      "theirs, dead pid, row of 4 s ago",
      loop("running", {}, NOW - 4000),
      { ...nobody, pidAlive: false },
      "stale",
    ],
    ["a supervisor's that cannot be asked", loop("running", daemon), nobody, "unknown"],
    [
      "a supervisor's that does not host it",
      loop("running", daemon),
      { ...nobody, supervisorAlive: true },
      "stale",
    ],
    ["a supervisor's, but with a live pid", loop("running", daemon), { ...nobody, pidAlive: true }, "live"],
  ];
  test.each(rows)("%s", (_row, seen, facts, verdict) => {
    expect(judgeRunner(seen, facts, NOW)).toBe(verdict);
  });
});

describe("a process that was started and has not taken its loop yet", () => {
  const started = { runner_owner: "local", runner_instance_id: "new" };
  test.each([
    ["just now", started, 1000, "old", true],
    ["the first one ever", started, 1000, undefined, true],
    ["it has taken the loop", started, 1000, "new", false],
    ["too long ago", started, 6000, "old", false],
    ["a loop of the supervisor", { ...started, runner_owner: "daemon" }, 1000, "old", false],
    ["a loop that nobody has started", undefined, 1000, undefined, false],
  ])("%s", (_row, metadata, ago, lastInstance, expected) => {
    expect(isBeingStarted({ metadata, updatedAt: NOW - ago }, lastInstance, NOW)).toBe(expected);
  });
});

import { expect, test } from "bun:test";
import type { Outcome } from "../../src/core/outcome.ts";
import { type CountedRun, streaksAfter } from "../../src/core/run-streaks.ts";

const BEFORE = { failures: 2, noProgress: 3 };

const idle: CountedRun = { kind: "main", outcome: "ok", isWorkUnchanged: true, verdict: undefined };

test.each<[Outcome, number]>([
  ["ok", 0],
  ["failed", 3],
  ["rate_limited", 2],
  ["quota_spent", 2],
  ["auth", 2],
  ["context", 3],
  ["permission", 3],
  ["transient", 3],
  ["stalled", 3],
  ["timeout", 3],
  ["killed", 2],
  ["crashed", 3],
])("after two failures and the outcome %s there are %p (spec/15 section 2.1)", (outcome, failures) => {
  expect(streaksAfter(BEFORE, { ...idle, outcome }).failures).toBe(failures);
});

test.each<[string, Partial<CountedRun>, number]>([
  ["that changed nothing", {}, 4],
  ["that changed something", { isWorkUnchanged: false }, 0],
  ["whose work nobody could see", { isWorkUnchanged: undefined }, 0],
  ["whose agent wants to go on", { verdict: { verdict: "continue" } }, 0],
  ["whose agent says that it is done", { verdict: { verdict: "done" } }, 4],
  ["that failed", { outcome: "failed" }, 0],
  ["that an operator ended", { outcome: "killed" }, 3],
  ["that met a limit", { outcome: "rate_limited" }, 3],
  ["of a judge", { kind: "qual_stop" }, 3],
])(
  "a run %s after three without progress makes them %3$p (spec/15 section 7)",
  (_what, changes, expected) => {
    expect(streaksAfter(BEFORE, { ...idle, ...changes }).noProgress).toBe(expected);
  },
);

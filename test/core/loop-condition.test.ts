import { describe, expect, test } from "bun:test";
import { type LoopProgress, parseLoopCondition } from "../../src/core/loop-condition.ts";
import { errorOf } from "../support/error-of.ts";

const progress = (changes: Partial<LoopProgress> = {}): LoopProgress => ({
  state: "sleeping",
  running: 0,
  recorded: 3,
  pending: 0,
  ...changes,
});

describe("20 section 19.1: when a condition is met", () => {
  test.each<[string, Partial<LoopProgress>, boolean]>([
    ["stopped", { state: "stopped" }, true],
    ["stopped", { state: "error" }, true],
    ["stopped", { state: "sleeping" }, false],
    ["sleeping", {}, true],
    ["waiting", { state: "waiting" }, true],
    ["running", { state: "running" }, true],
    ["error", { state: "error" }, true],
    ["error", { state: "stopped" }, false],
    ["idle", {}, true],
    ["idle", { running: 1 }, false],
    ["idle", { pending: 1 }, false],
    ["queue-empty", { running: 1 }, true],
    ["queue-empty", { pending: 1 }, false],
    ["run-done", {}, false],
    ["run-done", { recorded: 4 }, true],
    ["runs=3", {}, true],
    ["runs=4", {}, false],
    ["runs=0", { recorded: 0 }, true],
  ])("%s with %p: %p", (word, changes, met) => {
    expect(parseLoopCondition(word)(progress(changes), progress())).toBe(met);
  });

  test.each(["", "bogus", "runs", "runs=", "runs=x", "runs=-1", "ready", "Idle"])("%p is none", (word) => {
    expect(errorOf(() => parseLoopCondition(word))).toMatchObject({
      kind: "invalid",
      message: `invalid condition '${word}'; valid conditions: [stopped sleeping waiting running error idle queue-empty run-done runs=N]`,
    });
  });
});

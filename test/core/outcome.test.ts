import { describe, expect, test } from "bun:test";
import type { RunId } from "../../src/core/ids.ts";
import { formatCost, outcomeText, readOutcome, toMicros } from "../../src/core/outcome.ts";
import { redacted } from "../../src/core/redact.ts";
import { chosenRun, parseOutcomes } from "../../src/core/run-report.ts";
import { errorOf } from "../support/error-of.ts";

test.each([
  [0, "$0.0000"],
  [0.0043, "$0.0043"],
  [0.999999, "$1.0000"],
  [1, "$1.00"],
  [12.344, "$12.34"],
])("%p dollars are printed as %p", (dollars, text) => expect(formatCost(toMicros(dollars))).toBe(text));

test("an outcome is told with its reason, and one of a later Forge counts as failed", () => {
  expect(outcomeText({ outcome: "failed", reason: "turn_cap" })).toBe("failed (turn_cap)");
  expect(outcomeText({ outcome: "ok" })).toBe("ok");
  expect(readOutcome("novel")).toBe("failed");
  expect(errorOf(() => parseOutcomes(["ok", "OK"])).message).toStartWith(
    'invalid outcome "OK" (valid: ok, failed, ',
  );
});

describe("a run is found by its id", () => {
  const id = (text: string) => text as RunId;
  const ids = [id("abcd1111"), id("abcd2222")];

  test("whole, or by a beginning of 4 characters that no other has", () => {
    expect(chosenRun("abcd1111", ids)).toBe(id("abcd1111"));
    expect(chosenRun("abcd1", ids.slice(0, 1))).toBe(id("abcd1111"));
  });

  test.each([
    ["abcd", ids, "run 'abcd' is ambiguous; matches: abcd1111, abcd2222"],
    ["abc", ids.slice(0, 1), "run not found: abc"],
    ["", ids, "run not found: "],
    ["zzzz", [], "run not found: zzzz"],
  ])("%p is refused", (reference, matches, message) => {
    expect(errorOf(() => chosenRun(reference, matches)).message).toBe(message);
  });
});

test("secrets are taken out of JSON by their key or their looks; numbers stay (40 section 10.11)", () => {
  expect(
    redacted({
      api_key: "a",
      headers: { Cookie: ["b"], accept: "json" },
      input_tokens: 12,
      text: "key sk-abc",
      list: ["Bearer x", "fine", null, true],
    }),
  ).toEqual({
    api_key: "[REDACTED]",
    headers: { Cookie: ["[REDACTED]"], accept: "json" },
    input_tokens: 12,
    text: "[REDACTED]",
    list: ["[REDACTED]", "fine", null, true],
  });
});

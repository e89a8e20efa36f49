import { expect, test } from "bun:test";
import { parseVerdict, verdictText } from "../../src/core/agent-verdict.ts";
import { errorOf } from "../support/error-of.ts";

test.each([
  ["done", undefined, "done"],
  ["done", " all\n tests\tpass ", "done: all tests pass"],
  ["done", "\u001b[31mred\u0000", "done: [31mred"],
  ["continue", "", "continue"],
  ["blocked", "needs a key", "blocked: needs a key"],
  ["blocked", "é".repeat(600), `blocked: ${"é".repeat(500)}`],
])("%p with the reason %p is %p (spec/15 section 7.3)", (word, reason, text) => {
  expect(verdictText(parseVerdict(word, reason))).toBe(text);
});

test.each([
  ["x", "why", 'invalid verdict "x" (expected done, continue, blocked)'],
  ["Done", "why", 'invalid verdict "Done" (expected done, continue, blocked)'],
  ["blocked", undefined, "--reason is required for blocked"],
  ["blocked", " \n", "--reason is required for blocked"],
])("%p with the reason %p is refused: %p", (word, reason, message) => {
  expect(errorOf(() => parseVerdict(word, reason)).message).toBe(message);
});

import { describe, expect, test } from "bun:test";
import { parseMaxCost, parseMaxTokens } from "../../src/core/spend-limits.ts";
import { errorOf } from "../support/error-of.ts";

describe("--max-cost and --max-tokens (spec/15 section 5.3)", () => {
  test.each([
    ["5", 5_000_000],
    ["$5", 5_000_000],
    ["0.50", 500_000],
    ["2usd", 2_000_000],
    ["0", 0],
    ["$0.00", 0],
  ])("cost %s", (text, micros) => {
    expect(parseMaxCost(text)).toBe(micros);
  });

  test.each([
    ["2000000", 2_000_000],
    ["2M", 2_000_000],
    ["50k", 50_000],
    ["1.5M tokens", 1_500_000],
    ["0", 0],
  ])("tokens %s", (text, tokens) => {
    expect(parseMaxTokens(text)).toBe(tokens);
  });

  test.each([
    [parseMaxCost, "-1", "max cost must be >= 0"],
    [parseMaxCost, "-$1", "max cost must be >= 0"],
    [parseMaxCost, "much", 'invalid --max-cost "much" (example: $5)'],
    [parseMaxCost, "5 tokens", 'invalid --max-cost "5 tokens" (example: $5)'],
    [parseMaxCost, "5h", 'invalid --max-cost "5h" (example: $5)'],
    [parseMaxTokens, "-3", "max tokens must be >= 0"],
    [parseMaxTokens, "$5", 'invalid --max-tokens "$5" (example: 2M)'],
    [parseMaxTokens, "", 'invalid --max-tokens "" (example: 2M)'],
  ])("%p of %j is refused", (parse, text, message) => {
    expect(errorOf(() => parse(text)).message).toBe(message);
  });
});

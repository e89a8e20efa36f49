import { describe, expect, test } from "bun:test";
import { amountText, limitText, parseBudgetAmount } from "../../src/core/budget-amount.ts";
import { errorOf } from "../support/error-of.ts";

describe("amounts of budgets (spec/15 section 5.3)", () => {
  test.each([
    ["$10", "usd", 10_000_000, "$10.00"],
    ["10usd", "usd", 10_000_000, "$10.00"],
    ["$0.05", "usd", 50_000, "$0.0500"],
    ["0.5 USD", "usd", 500_000, "$0.5000"],
    ["2M tokens", "tokens", 2_000_000, "2M tokens"],
    ["1.5m tokens", "tokens", 1_500_000, "1.5M tokens"],
    ["50k tokens", "tokens", 50_000, "50k tokens"],
    ["900tokens", "tokens", 900, "900 tokens"],
    ["20 runs", "runs", 20, "20 runs"],
    ["1 run", "runs", 1, "1 run"],
    ["6h", "time", 21_600_000, "6h"],
    ["1h30m", "time", 5_400_000, "1h30m"],
  ] as const)("%s", (text, unit, amount, shown) => {
    expect(parseBudgetAmount(text)).toEqual({ unit, amount });
    expect(amountText(unit, amount)).toBe(shown);
  });

  test.each(["", "10", "$", "ten", "2M", "1.5 runs", "$1e9", "5 apples", "$99999999999999999", "0"])(
    "%p is none",
    (text) => {
      expect(errorOf(() => parseBudgetAmount(text)).message).toBe(
        `invalid budget amount ${JSON.stringify(text)} (examples: $10, 2M tokens, 20 runs, 6h)`,
      );
    },
  );

  test.each(["$0", "-$5", "-5usd", "0 runs", "-3 tokens", "0h", "-6h"])("%s is not enough", (text) => {
    expect(errorOf(() => parseBudgetAmount(text)).message).toBe("budget amount must be > 0");
  });

  test("a limit says over which time", () => {
    expect(limitText("usd", 10_000_000, "day")).toBe("$10.00 per day");
    expect(limitText("tokens", 2_000_000, "total")).toBe("2M tokens in total");
  });
});

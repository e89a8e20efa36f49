import { expect, test } from "bun:test";
import { roughDuration } from "../../src/core/rough-duration.ts";

test.each([
  [-5, "0s"],
  [999, "0s"],
  [42_900, "42s"],
  [60_000, "1m"],
  [90_000, "1m30s"],
  [720_000, "12m"],
  [3_600_000, "1h"],
  [3_605_000, "1h"],
  [5_400_000, "1h30m"],
  [183_600_000, "2d3h"],
])("%d ms is said as %s", (ms, text) => {
  expect(roughDuration(ms)).toBe(text);
});

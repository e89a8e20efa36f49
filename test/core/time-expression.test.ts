import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseDuration } from "../../src/core/duration.ts";
import { isPrintableTime } from "../../src/core/time.ts";
import { parseTimeExpression, readTimeExpression } from "../../src/core/time-expression.ts";
import { errorOf } from "../support/error-of.ts";

const now = Date.UTC(2026, 5, 15, 12, 0, 0);
const HOUR = 3_600_000;

describe("times as they are typed (spec/20 section 16.1, spec/30 section 12)", () => {
  test.each([
    ["now", now],
    ["1h", now - HOUR],
    ["1h30m", now - 1.5 * HOUR],
    ["90", now - 90_000],
    ["0", now],
    ["7d", now - 7 * 24 * HOUR],
    ["1.5d", now - 36 * HOUR],
    [".5d", now - 12 * HOUR],
    ["2024-01-15T10:30:00Z", Date.UTC(2024, 0, 15, 10, 30)],
    ["2024-01-15T10:30:00.25+02:00", Date.UTC(2024, 0, 15, 8, 30, 0, 250)],
    ["2024-01-15", Date.UTC(2024, 0, 15)],
    ["2024-01-15T10:30:00", Date.UTC(2024, 0, 15, 10, 30)],
    ["2024-01-15 10:30:00", Date.UTC(2024, 0, 15, 10, 30)],
    [" 1h ", now - HOUR],
  ])("%s is understood", (text, at) => {
    expect(parseTimeExpression(text, now)).toBe(at);
  });

  test.each([
    "",
    " ",
    "x",
    "Now",
    "1w",
    "1d12h",
    "d",
    "-7d",
    "2024-02-30",
    "2024-1-5",
    "2024-01-15T10:30",
    "2024-01-15T10:30:00+0200",
    "24:00",
    "1000000d",
    "9999999h",
    'a"b',
  ])("%j is refused", (text) => {
    const error = errorOf(() => parseTimeExpression(text, now));
    expect(error.message).toBe(
      `invalid time format: ${JSON.stringify(text)} (use duration like '1h' or timestamp like '2024-01-15T10:30:00Z')`,
    );
    expect(error.kind).toBe("invalid");
  });

  test("a reader with a stricter grammar of durations takes no bare number", () => {
    expect(readTimeExpression("90", now, parseDuration)).toBeUndefined();
    expect(readTimeExpression("90s", now, parseDuration)).toBe(now - 90_000);
  });

  test("made of garbage are refused, and what is read can be printed", () => {
    const word = fc.oneof(fc.string(), fc.stringMatching(/^[-+\d.:TZhmsd ]*$/), fc.double().map(String));
    fc.assert(
      fc.property(word, (text) => {
        const at = readTimeExpression(text, now);
        if (at === undefined) expect(errorOf(() => parseTimeExpression(text, now)).kind).toBe("invalid");
        else expect(isPrintableTime(at)).toBe(true);
      }),
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  formatDuration,
  parseCommandLineDuration,
  parseDuration,
  toSeconds,
  toSecondsUp,
} from "../../src/core/duration.ts";
import { errorOf } from "../support/error-of.ts";

const HOUR = 3_600_000;

describe("durations (spec/20 section 1.3)", () => {
  test.each([
    ["90s", 90_000],
    ["1h30m", 1.5 * HOUR],
    ["1.5h", 1.5 * HOUR],
    ["250ms", 250],
    ["-1s", -1000],
    ["+2m", 120_000],
    ["0", 0],
    ["-0", 0],
    ["0s", 0],
    [".5s", 500],
    ["1.s", 1000],
    ["10us", 0.01],
    ["10\u00b5s", 0.01],
    ["10\u03bcs", 0.01],
    ["1ns", 1e-6],
    ["1m1h", 61 * 60_000],
  ])("%s is read", (text, duration) => {
    expect(parseDuration(text)).toBeCloseTo(duration, 9);
  });

  test.each([
    "",
    "xx",
    "5",
    "1.5",
    "1d",
    "1h ",
    " 1h",
    "1 h",
    ".s",
    "-",
    "+",
    "--1s",
    "1h30",
    "1H",
    "1e3s",
    "9999999999h",
  ])("%j is none", (text) => {
    const error = errorOf(() => parseDuration(text));
    expect(error.message).toBe(`invalid duration ${JSON.stringify(text)}`);
    expect(error.kind).toBe("invalid");
  });

  test("a bare number means seconds on the command line only", () => {
    expect(parseCommandLineDuration("30")).toBe(30_000);
    expect(parseCommandLineDuration("0")).toBe(0);
    expect(parseCommandLineDuration("1m")).toBe(60_000);
    for (const text of ["-5", "1.5", "9".repeat(400)]) {
      expect(errorOf(() => parseCommandLineDuration(text)).message).toBe(`invalid duration "${text}"`);
    }
  });

  test.each([
    [0, "0s"],
    [2000, "2s"],
    [90_000, "1m30s"],
    [HOUR, "1h0m0s"],
    [1500, "1.5s"],
    [250, "250ms"],
    [1.5, "1.5ms"],
    [0.01, "10\u00b5s"],
    [-90_000, "-1m30s"],
    [25 * HOUR + 61_500, "25h1m1.5s"],
    [59_999.9999, "1m0s"],
  ])("%d ms is written as %s", (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });

  test("whole seconds are the nearest, and for waits never fewer than asked", () => {
    expect([400, 500, 1499, 1500].map(toSeconds)).toEqual([0, 1, 1, 2]);
    expect([0, 1, 1000, 1001].map(toSecondsUp)).toEqual([0, 1, 1, 2]);
  });

  test("up to thirty years are the same after they were written, to the microsecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (micros) => {
        expect(Math.round(parseDuration(formatDuration(micros / 1000)) * 1000) + 0).toBe(micros);
      }),
    );
  });

  test("keep their order when written and read", () => {
    const whole = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const [small, large] = [a, b].map((value) => parseDuration(formatDuration(value)));
        expect(Math.sign((small ?? 0) - (large ?? 0))).toBe(Math.sign(a - b));
      }),
    );
  });

  test("made of garbage are refused with one kind of error", () => {
    const word = fc.oneof(fc.string(), fc.stringMatching(/^[-+]?[\d.hmsun\u00b5]*$/));
    fc.assert(
      fc.property(word, (text) => {
        try {
          expect(Number.isFinite(parseDuration(text))).toBe(true);
        } catch {
          expect(errorOf(() => parseDuration(text)).message).toStartWith("invalid duration");
        }
      }),
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatTime, formatTimeMillis, isPrintableTime, parseTime } from "../../src/core/time.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT } from "../support/core-samples.ts";

const second = Date.UTC(2026, 0, 2, 3, 4, 5);

describe("times in text (spec/40 section 1)", () => {
  test("are written in UTC with whole seconds", () => {
    expect(formatTime(SAMPLE_TIME)).toBe(SAMPLE_TIME_TEXT);
    expect(formatTimeMillis(SAMPLE_TIME)).toBe("2026-01-02T03:04:05.678Z");
  });

  test.each([
    ["2026-01-02T03:04:05Z", second],
    ["2026-01-02 03:04:05", second],
    ["2026-01-02 03:04:05.5", second + 500],
    ["2026-01-02t03:04:05z", second],
    ["2026-01-02T03:04:05.678Z", second + 678],
    ["2026-01-02T03:04:05.678901234+00:00", second + 678],
    ["2026-01-02T05:04:05+02:00", second],
    ["2026-01-01T22:34:05-04:30", second],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ])("are read in every form that others write: %s", (text, at) => {
    expect(parseTime(text)).toBe(at);
  });

  test.each([
    [""],
    [null],
    [undefined],
    ["yesterday"],
    ["2026-01-02"],
    ["2026-01-02T03:04:05"],
    ["2026-02-30T00:00:00Z"],
    ["2025-02-29 00:00:00"],
    ["2026-13-01T00:00:00Z"],
    ["2026-01-00T00:00:00Z"],
    ["2026-01-02T24:00:00Z"],
    ["2026-01-02T25:00:00Z"],
    ["2026-01-02T03:04:05+99:99"],
    ["0000-01-01T00:00:00+23:00"],
    ["2026-01-02T03:04:05Z "],
  ])("that cannot be read are absent: %p", (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  test("are the same after they were written", () => {
    const instant = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        const at = date.getTime();
        expect(isPrintableTime(at)).toBe(true);
        expect(parseTime(formatTimeMillis(at))).toBe(at);
        expect(parseTime(formatTime(at))).toBe(Math.floor(at / 1000) * 1000);
      }),
    );
  });

  test("of a year without four digits are not for printing", () => {
    expect(isPrintableTime(Date.UTC(10_000, 0))).toBe(false);
    expect(isPrintableTime(Number.NaN)).toBe(false);
  });

  test("never make the reader fail", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d.*$/)),
        (text) => {
          const at = parseTime(text);
          if (at !== undefined) expect(isPrintableTime(at)).toBe(true);
        },
      ),
    );
  });
});

import { expect, test } from "bun:test";
import { parseCooldownEnd } from "../../src/core/cooldown.ts";
import { checkMaxConcurrency, parseEnvPairs, parsePromptModeWord } from "../../src/core/profile-input.ts";
import { parsePromptName } from "../../src/core/prompt-name.ts";
import { formatTime } from "../../src/core/time.ts";
import { errorOf } from "../support/error-of.ts";

const NOW = Date.parse("2026-01-02T03:04:05.250Z");

test.each([
  ["30", "2026-01-02T03:04:36Z"],
  ["5m", "2026-01-02T03:09:06Z"],
  ["-1h", "2026-01-02T02:04:06Z"],
  ["2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z"],
  ["2026-02-03T04:05:06.7+01:00", "2026-02-03T03:05:07Z"],
])("a cooldown until %s ends at %s, never earlier than asked", (text, end) => {
  expect(formatTime(parseCooldownEnd(text, NOW))).toBe(end);
});

test.each(["", "soon", "1d", "2026-02-30T00:00:00Z", "99999999h", "2026-01-02"])(
  "%j is no end of a cooldown",
  (text) => {
    const { message, kind } = errorOf(() => parseCooldownEnd(text, NOW));
    expect([message, kind]).toEqual([`invalid time ${JSON.stringify(text)}`, "invalid"]);
  },
);

test("environment pairs keep everything behind the first =", () => {
  expect(parseEnvPairs(["A=b=c", "B=", "C= x\n", "A=last", ""])).toEqual({ A: "last", B: "", C: " x\n" });
  for (const pair of ["A", "=b", " =b", "A B=c"]) {
    expect(errorOf(() => parseEnvPairs(["X=1", pair])).message).toBe(
      `invalid env pair ${JSON.stringify(pair)} (expected KEY=VALUE)`,
    );
  }
});

test("prompt modes and slots are what the table of spec/30 section 5 says", () => {
  expect(["env", "stdin", "path"].map(parsePromptModeWord)).toEqual(["env", "stdin", "path"]);
  expect(errorOf(() => parsePromptModeWord("argv")).message).toBe('invalid prompt mode "argv"');
  expect(errorOf(() => parsePromptModeWord("")).message).toBe('invalid prompt mode ""');
  expect(checkMaxConcurrency(0)).toBe(0);
  expect(errorOf(() => checkMaxConcurrency(-1)).message).toBe("max concurrency must be >= 0");
});

test("a prompt name is a file name without .md", () => {
  expect(["review", "review.md", "a b", ".hidden"].map(parsePromptName)).toEqual([
    "review",
    "review",
    "a b",
    ".hidden",
  ]);
  for (const word of ["", " ", ".md", "a/b", "a\\b", "..", "a..b", "a\0b"])
    expect(errorOf(() => parsePromptName(word)).message).toBe(`invalid prompt name ${JSON.stringify(word)}`);
});

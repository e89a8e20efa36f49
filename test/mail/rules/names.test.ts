import { describe, expect, test } from "bun:test";
import { parsePriority, parseTags } from "../../../src/mail/rules/labels.ts";
import { parseTarget, targetText } from "../../../src/mail/rules/target.ts";
import { errorOf } from "../../support/error-of.ts";

describe("a target (50 section 3)", () => {
  test.each([
    ["task", "task"],
    ["  TaSk-1 ", "task-1"],
    ["-", "-"],
    ["@Bob", "@bob"],
    [" @ bob ", "@bob"],
    ["0", "0"],
  ])("%j is %s", (typed, stored) => {
    expect(targetText(parseTarget(typed))).toBe(stored);
  });

  test.each([
    ["bad topic", 'invalid target "bad topic": invalid topic name'],
    ["a_b", 'invalid target "a_b": invalid topic name'],
    ["a.b", 'invalid target "a.b": invalid topic name'],
    ["../x", 'invalid target "../x": invalid topic name'],
    ["a/b", 'invalid target "a/b": invalid topic name'],
    ["caf\u00e9", 'invalid target "caf\u00e9": invalid topic name'],
    ["\u212aelvin", 'invalid target "\u212aelvin": invalid topic name'],
    ["a\u0000b", 'invalid target "a\\u0000b": invalid topic name'],
    ["*", 'invalid target "*": invalid topic name'],
    ["@bad name", 'invalid target "@bad name": invalid agent name'],
    ["@../x", 'invalid target "@../x": invalid agent name'],
    ["@", 'invalid target "@": invalid agent name'],
    ["@@bob", 'invalid target "@@bob": invalid agent name'],
    ["", 'invalid target "": invalid target'],
    ["  ", 'invalid target "  ": invalid target'],
  ])("%j is refused", (typed, message) => {
    expect(errorOf(() => parseTarget(typed)).message).toBe(message);
  });
});

describe("tags (50 section 3)", () => {
  test("are lower-cased, trimmed, without blanks, each once in the order of first mention", () => {
    expect(parseTags([" Urgent", "auth", "", "  ", "AUTH", "b-2"])).toEqual(["urgent", "auth", "b-2"]);
  });

  test("may be 10 different ones of 50 characters", () => {
    const tags = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(50));
    expect(parseTags([...tags, ...tags])).toEqual(tags);
  });

  test.each([
    ["bad tag", ["bad tag"], "invalid tag: bad tag"],
    ["51 characters", ["x".repeat(51)], "invalid tag: exceeds 50 chars"],
    ["11 tags", Array.from({ length: 11 }, (_, index) => `t${index}`), "invalid tag: max 10 tags"],
  ])("%s is refused", (_name, tags, message) => {
    expect(errorOf(() => parseTags(tags)).message).toBe(message);
  });
});

test("a priority is read in any case, a blank one is normal, others are refused", () => {
  expect([" HIGH", "low", "Normal", " "].map(parsePriority)).toEqual(["high", "low", "normal", "normal"]);
  expect(errorOf(() => parsePriority("urgent")).message).toBe("invalid priority: urgent");
});

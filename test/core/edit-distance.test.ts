import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { editDistance, nearNames } from "../../src/core/edit-distance.ts";

describe("editDistance", () => {
  test.each([
    ["", "", 0],
    ["stop", "stop", 0],
    ["stop", "stp", 1],
    ["stop", "stopp", 1],
    ["stop", "step", 1],
    ["stop", "sotp", 1],
    ["kitten", "sitting", 3],
    ["", "abc", 3],
  ])("counts the slips between %j and %j", (from, to, slips) => {
    expect(editDistance(from, to)).toBe(slips);
  });

  test("is the same in both directions and never above the longer length", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance === 0).toBe(a === b);
      }),
    );
  });
});

describe("nearNames", () => {
  const commands = ["up", "ps", "stop", "status", "logs", "resume"];

  test("puts the nearest first", () => {
    expect(nearNames("stpo", commands)).toEqual(["stop"]);
    expect(nearNames("lgos", commands)).toEqual(["logs"]);
  });

  test("finds what begins with the word", () => {
    expect(nearNames("st", commands)).toEqual(["stop", "status"]);
  });

  test("takes case for no difference", () => {
    expect(nearNames("W-1", ["w-1"])).toEqual(["w-1"]);
  });

  test("finds nothing near a word that is far from all, one letter or empty", () => {
    expect(nearNames("xyzzy", commands)).toEqual([]);
    expect(nearNames("x", commands)).toEqual([]);
    expect(nearNames("", commands)).toEqual([]);
  });

  test("lists every name once", () => {
    expect(nearNames("stop", ["stop", "stop"])).toEqual(["stop"]);
  });
});

import { describe, expect, test } from "bun:test";
import { ADJECTIVES, NAMES } from "../../src/core/loop-name-words.ts";
import { generateLoopName } from "../../src/core/loop-names.ts";
import { SAMPLE_TIME } from "../support/core-samples.ts";

/** A reproducible source of numbers in [0, 1) (a linear congruential generator). */
function seededRandom(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const source = (taken: (name: string) => boolean) => ({ random: seededRandom(1), taken, now: SAMPLE_TIME });

describe("words of loop names", () => {
  test.each([
    ["adjectives", ADJECTIVES, 120],
    ["names", NAMES, 150],
  ])("there are enough %s, each once and in lower-case letters", (_, words, count) => {
    expect(words.length).toBeGreaterThanOrEqual(count);
    expect(new Set(words).size).toBe(words.length);
    for (const word of words) expect(word).toMatch(/^[a-z]{2,10}$/);
  });
});

describe("a generated loop name (spec/10 section 12)", () => {
  test("is an adjective and a name, and differs from call to call", () => {
    const seed = source(() => false);
    const names = Array.from({ length: 50 }, () => generateLoopName(seed));
    for (const name of names) expect(name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(new Set(names).size).toBeGreaterThan(45);
  });

  test("is never one that is taken", () => {
    const used = new Set<string>();
    const seed = source((name) => used.has(name));
    for (let count = 0; count < 2000; count++) used.add(generateLoopName(seed));
    expect(used.size).toBe(2000);
  });

  test("has three words when all pairs are taken", () => {
    const name = generateLoopName(source((name) => name.split("-").length === 2));
    expect(name).toMatch(/^[a-z]+-[a-z]+-[a-z]+$/);
  });

  test("is made of the time of day when everything else is taken, with a number if need be", () => {
    const used = new Set<string>();
    const seed = source((name) => !name.startsWith("loop-") || used.has(name));
    const next = () => {
      const name = generateLoopName(seed);
      used.add(name);
      return name;
    };
    expect([next(), next(), next()]).toEqual(["loop-030405", "loop-030405-1", "loop-030405-2"]);
  });

  test("is well formed at both ends of the random range", () => {
    for (const number of [0, 1 - 2 ** -53]) {
      const name = generateLoopName({ random: () => number, taken: () => false, now: SAMPLE_TIME });
      expect(name).toMatch(/^[a-z]+-[a-z]+$/);
    }
  });
});

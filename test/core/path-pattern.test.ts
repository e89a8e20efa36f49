import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  isPlainPath,
  normalizedPattern,
  patternsOverlap,
  patternTakes,
} from "../../src/core/path-pattern.ts";

describe("30 section 10: a pattern takes a path", () => {
  test.each<[pattern: string, path: string, takes: boolean]>([
    ["src/a.ts", "src/a.ts", true],
    ["src/a.ts", "src/A.ts", false],
    ["src/*.ts", "src/a.ts", true],
    ["src/*.ts", "src/deep/a.ts", false],
    ["src/*", "src/", true],
    ["src/**", "src/deep/a.ts", true],
    ["**/a.ts", "src/deep/a.ts", true],
    ["**", "anything/at all", true],
    ["a?.md", "ab.md", true],
    ["a?.md", "a/.md", false],
    ["a?.md", "a.md", false],
    ["a\u{1f980}?", "a\u{1f980}\u{1f980}", true],
    ["v[0-9_].md", "v7.md", true],
    ["v[0-9_].md", "v_.md", true],
    ["v[0-9_].md", "vx.md", false],
    ["v[!0-9].md", "vx.md", true],
    ["v[^0-9].md", "v7.md", false],
    ["v[!x].md", "v/.md", false],
    ["v[]].md", "v].md", true],
    ["v[!]].md", "v].md", false],
    ["v[a", "v[a", true],
    ["app/[id]/page.tsx", "app/[id]/page.tsx", true],
    ["app/[id]/page.tsx", "app/i/page.tsx", true],
    ["", "", true],
    ["", "a", false],
  ])("%p and %p: %p", (pattern, path, takes) => {
    expect(patternTakes(pattern, path)).toBe(takes);
    expect(patternsOverlap(pattern, path)).toBe(takes || patternTakes(path, pattern));
  });
});

describe("30 section 10: two patterns conflict when some path could match both", () => {
  test.each<[a: string, b: string, overlap: boolean]>([
    ["src/*.ts", "src/a*", true],
    ["src/*.ts", "src/*.md", false],
    ["src/**", "src/*/index.ts", true],
    ["src/**", "docs/**", false],
    ["**/*.md", "docs/**", true],
    ["a*b", "*ab", true],
    ["[a-f]x", "[e-z]x", true],
    ["[a-d]x", "[e-z]x", false],
    ["[!a-y]", "[a-z]", true],
    ["[!a-z]", "[a-z]", false],
    ["?", "??", false],
    ["*/?", "a*", false],
    ["**/?", "a*/b", true],
    ["app/[id]/*", "app/d/**", true],
  ])("%p and %p: %p", (a, b, overlap) => {
    expect(patternsOverlap(a, b)).toBe(overlap);
    expect(patternsOverlap(b, a)).toBe(overlap);
  });
});

test("no pattern is slow to compare", () => {
  expect(patternsOverlap("*".repeat(5000), `${"a*".repeat(500)}b`)).toBe(true);
  expect(patternsOverlap(`${"*a".repeat(400)}b`, `${"*a".repeat(400)}c`)).toBe(false);
});

const piece = fc.constantFrom("a", "b", "/", "*", "**", "?", "[ab]", "[!a]", "[b-c]", "c");
const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
const path = fc
  .array(fc.constantFrom("a", "b", "c", "/"), { maxLength: 6 })
  .map((letters) => letters.join(""));

/** The same rule as a native regular expression. */
const asRegExp = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll("[!", "[^/")
      .replace(/\*\*+/g, "\0")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]")
      .replaceAll("\0", "[\\s\\S]*")}$`,
  );

test("a pattern takes the paths that a regular expression of the same meaning takes", () => {
  fc.assert(fc.property(pattern, path, (a, b) => patternTakes(a, b) === (a === b || asRegExp(a).test(b))));
});

test("patterns that take one path overlap, in either order", () => {
  fc.assert(
    fc.property(pattern, pattern, path, (a, b, both) => {
      expect(patternsOverlap(a, b)).toBe(patternsOverlap(b, a));
      if (patternTakes(a, both) && patternTakes(b, both)) expect(patternsOverlap(a, b)).toBe(true);
    }),
  );
});

test("patterns that overlap have a path in common, which searching all short paths finds", () => {
  const letters = ["a", "b", "c", "/"];
  const longer = (paths: string[]) => paths.flatMap((some) => letters.map((letter) => some + letter));
  const byLength = [[""]];
  for (let length = 1; length <= 5; length++) byLength.push(longer(byLength[length - 1] ?? []));
  const paths = byLength.flat();
  const shortPattern = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(shortPattern, shortPattern, (a, b) => {
      const common = [...paths, a, b].some((some) => patternTakes(a, some) && patternTakes(b, some));
      expect(patternsOverlap(a, b)).toBe(common);
    }),
    { numRuns: 60 },
  );
});

test.each([
  [" ./src/a.ts ", "src/a.ts"],
  ["src\\deep\\a.ts", "src/deep/a.ts"],
  ["././/a", "a"],
  [".\\a", "a"],
  ["./", "./"],
  [".git/x", ".git/x"],
  ["../a", "../a"],
])("%p is compared as %p", (text, normalized) => expect(normalizedPattern(text)).toBe(normalized));

test("a plain path has no sign of a glob", () => {
  expect(["a/b.ts", "a*", "a?", "[a]"].map(isPlainPath)).toEqual([true, false, false, false]);
});

import { afterAll, describe, expect, test } from "bun:test";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { LONGEST_LINE } from "../../../src/cli/log-view/line-assembler.ts";
import { SinceFilter } from "../../../src/cli/log-view/line-time.ts";
import { tailStart } from "../../../src/cli/log-view/tail.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-tail-"));
const path = join(folder, "log");
afterAll(() => rmSync(folder, { recursive: true }));

function startIn(file: string, lines: number, since?: string): number {
  const fd = openSync(file, "r");
  try {
    return tailStart(fd, statSync(file).size, {
      lines,
      since: since === undefined ? undefined : Date.parse(since),
    });
  } finally {
    closeSync(fd);
  }
}

/** The text of the tail, the filter not applied. */
function tailOf(text: string, lines: number, since?: string): string {
  writeFileSync(path, text);
  return readFileSync(path)
    .subarray(startIn(path, lines, since))
    .toString();
}

describe("the last lines of a file", () => {
  test.each([
    ["", 5, ""],
    ["a", 5, "a"],
    ["a\n", 1, "a\n"],
    ["a\nb\nc\n", 2, "b\nc\n"],
    ["a\nb\nc", 2, "b\nc"],
    ["a\nb\nc\n", 3, "a\nb\nc\n"],
    ["a\nb\nc\n", 9, "a\nb\nc\n"],
    ["\n\n\n", 2, "\n\n"],
  ])("of %j, %d: %j", (text, lines, tail) => expect(tailOf(text, lines)).toBe(tail));

  test("are found across the borders of the blocks that are read", () => {
    for (const length of [65_535, 65_536, 65_537, 131_072]) {
      const text = `first\n${"x".repeat(length)}\n${"y".repeat(length)}\nlast\n`;
      expect(tailOf(text, 2)).toBe(`${"y".repeat(length)}\nlast\n`);
      expect(tailOf(text, 3)).toBe(text.slice(6));
    }
  });

  test("a line of a gigabyte is cut to its end, not read", () => {
    writeFileSync(path, "first\n");
    truncateSync(path, 1024 ** 3);
    const start = startIn(path, 50);
    expect(1024 ** 3 - start).toBeGreaterThanOrEqual(LONGEST_LINE);
    expect(1024 ** 3 - start).toBeLessThan(LONGEST_LINE + 128 * 1024);
  });
});

/** The specification's rule, on the whole text: filter, then the last lines. */
function keptLines(text: string, lines: number, since: string): string[] {
  const filter = new SinceFilter(Date.parse(since));
  const all = text.split("\n").slice(0, -1);
  return all.filter((line) => filter.keeps(Buffer.from(line))).slice(-lines);
}

/** What is shown: the tail with the filter on it. */
const shownSince = (text: string, lines: number, since: string): string[] => {
  const tail = tailOf(text, lines, since);
  return keptLines(tail, Number.POSITIVE_INFINITY, since);
};

describe("20 section 16.1: lines since a moment", () => {
  const log = [
    "before the first stamp",
    "[2026-01-01T00:00:00Z] old",
    "follows old",
    "[2026-01-03T00:00:00Z] new",
    "follows new",
    "[2026-01-04T02:00:00.5+02:00] newer",
    "",
  ].join("\n");

  test("older lines go, unstamped ones follow the stamp above them, those above all stamps stay", () => {
    expect(keptLines(log, 50, "2026-01-02T00:00:00Z")).toEqual([
      "before the first stamp",
      "[2026-01-03T00:00:00Z] new",
      "follows new",
      "[2026-01-04T02:00:00.5+02:00] newer",
    ]);
  });

  test("the number of lines counts what is left", () => {
    expect(shownSince(log, 2, "2026-01-02T00:00:00Z")).toEqual([
      "follows new",
      "[2026-01-04T02:00:00.5+02:00] newer",
    ]);
    expect(shownSince(log, 3, "2026-01-02T00:00:00Z")[0]).toBe("[2026-01-03T00:00:00Z] new");
  });

  test("nothing is new enough: nothing is shown", () => {
    expect(tailOf("[2026-01-01T00:00:00Z] old\nfollows\n", 5, "2026-01-02T00:00:00Z")).toBe("");
  });

  test("a line at the very moment stays", () => {
    expect(shownSince("[2026-01-02T00:00:00Z] x\n", 5, "2026-01-02T00:00:00Z")).toHaveLength(1);
  });

  test("only a whole RFC 3339 time in brackets at the start is a stamp", () => {
    const text =
      "[2026-01-03T00:00:00Z] new\n[2025-01-01] x\n [2025-01-01T00:00:00Z] y\n[2025-01-01T00:00:00] z\n";
    expect(shownSince(text, 50, "2026-01-02T00:00:00Z")).toHaveLength(4);
  });

  test("for any order of stamps it is what the rule says of the whole file", () => {
    const stamped = fc.integer({ min: 1, max: 9 }).map((day) => `[2026-01-0${day}T00:00:00Z] x`);
    const lines = fc.array(fc.oneof(stamped, fc.constantFrom("plain", "")), { maxLength: 40 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 12 }), (all, count) => {
        const text = all.map((line) => `${line}\n`).join("");
        const since = "2026-01-05T00:00:00Z";
        expect(shownSince(text, count, since)).toEqual(keptLines(text, count, since));
      }),
    );
  });

  test("the search ends some way above the last old stamp, and not at the start of the file", () => {
    const old = `[2026-01-01T00:00:00Z] ${"x".repeat(1000)}\n`.repeat(5000);
    const text = `[2026-01-09T00:00:00Z] far above\n${old}[2026-01-09T00:00:00Z] here\n`;
    expect(tailOf(text, 50, "2026-01-05T00:00:00Z")).toBe("[2026-01-09T00:00:00Z] here\n");
  });
});

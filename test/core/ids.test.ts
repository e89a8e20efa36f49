import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type EventId,
  isShortId,
  type LoopId,
  newId,
  orderedId,
  randomShortId,
  SHORT_ID_LENGTH,
  shownShortId,
} from "../../src/core/ids.ts";

describe("ids (spec/40 sections 1, 10.1)", () => {
  test("are UUID v4 in lower case", () => {
    expect(newId<LoopId>()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId<LoopId>()).not.toBe(newId<LoopId>());
  });

  test("those in order have the same form, and sort by time and number", () => {
    const made = [
      [0, 0],
      [1_764_000_000_000, 0],
      [1_764_000_000_000, 1],
      [1_764_000_000_000, 4095],
      [1_764_000_000_001, 0],
    ].map(([now = 0, number = 0]) => orderedId<EventId>(now, number));
    for (const id of made)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(made.toSorted()).toEqual(made);
    expect(orderedId<EventId>(1, 5000)).not.toBe(orderedId<EventId>(1, 5000));
  });

  test("short ones are 8 letters and digits, every one of them as likely", () => {
    const ids = Array.from({ length: 2000 }, randomShortId);
    expect(new Set(ids).size).toBe(ids.length);
    const counts = new Map<string, number>();
    for (const character of ids.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.keys()].toSorted().join("")).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
    // 16,000 draws: 444 of each on average, standard deviation 21; eight deviations never happen.
    for (const count of counts.values()) expect(Math.abs(count - 444)).toBeLessThan(170);
    for (const id of ids) expect(id.length === SHORT_ID_LENGTH && isShortId(id)).toBe(true);
  });

  test.each([
    ["abcdef", true],
    ["ABCdef123", true],
    ["abcde", false],
    ["abcdef1234", false],
    ["abc-def", false],
    ["\u00e4bcdef", false],
    ["abcdef\n", false],
    ["", false],
  ])("%j as a short id of a row: %p", (text, valid) => {
    expect(isShortId(text)).toBe(valid);
  });

  test("a row without a short id shows the beginning of its id", () => {
    expect(shownShortId("", "0123456789")).toBe("01234567");
    fc.assert(
      fc.property(fc.uuid(), fc.string({ minLength: 1 }), (id, short) => {
        expect(shownShortId(short, id)).toBe(short);
        expect(isShortId(shownShortId("", id))).toBe(true);
      }),
    );
  });
});

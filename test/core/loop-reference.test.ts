import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { classify } from "../../src/core/errors.ts";
import { resolveLoop } from "../../src/core/loop-reference.ts";
import { loopId } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

const loop = (name: string, shortId: string, id = `00000000-0000-4000-8000-0000${shortId}`) => ({
  id: loopId(id),
  shortId,
  name,
});

const w1 = loop("w-1", "abc12301");
const w2 = loop("w-2", "abc12402");
const alpha = loop("Alpha", "zz9pq0ab", "fedcba98-0000-4000-8000-000000000000");
const loops = [w1, w2, alpha];

describe("a reference to a loop (spec/20 section 5.1, spec/40 section 11)", () => {
  test.each([
    ["abc12301", w1, "short id"],
    ["ABC12301", w1, "short id in another case"],
    ["fedcba98-0000-4000-8000-000000000000", alpha, "full id"],
    ["Alpha", alpha, "name"],
    [" w-2 ", w2, "name with space around it"],
    ["abc124", w2, "prefix of a short id"],
    ["ZZ9", alpha, "prefix of a short id in another case"],
    ["fedc", alpha, "prefix of a full id"],
  ])("finds by %j its loop: %#", (reference, expected) => {
    expect(resolveLoop(reference, loops)).toBe(expected);
  });

  test("takes an exact match before a prefix, and the short id before id and name", () => {
    const long = loop("long", "abc123xyz");
    const exact = loop("exact", "abc123");
    const named = loop("abc123xyz", "qqqqqqqq");
    expect(resolveLoop("abc123", [long, exact])).toBe(exact);
    expect(resolveLoop("abc123xyz", [named, long])).toBe(long);
  });

  test("counts a loop once whose short id and id begin alike", () => {
    const twice = loop("twice", "deadbeef", "deadbeef-0000-4000-8000-000000000000");
    expect(resolveLoop("dead", [twice])).toBe(twice);
  });

  test("spec/40 edge cases: finds a row with NULL short_id by its id or name", () => {
    const row = loop("old", "", "0a1b2c3d-0000-4000-8000-000000000000");
    for (const reference of ["0a1b2c3d", "0A1B", "old", row.id])
      expect(resolveLoop(reference, [row])).toBe(row);
  });

  test("spec/40 edge cases: finds an upper-case short_id of a row in any case", () => {
    const row = loop("upper", "ABCDEF12");
    expect(resolveLoop("abcdef12", [row])).toBe(row);
    expect(resolveLoop("abcd", [row])).toBe(row);
  });

  test.each(["", " ", "\t"])("that is blank is refused: %j", (reference) => {
    const error = errorOf(() => resolveLoop(reference, loops));
    expect(error.message).toBe("loop name or ID required");
    expect(error.kind).toBe("invalid");
  });

  test("that fits several names them all, by name and then short id", () => {
    const candidates = [w2, loop("", "abc12555"), loop("W-1", "abc12000"), w1];
    const error = errorOf(() => resolveLoop("abc", candidates));
    expect(error.message).toBe(
      "loop 'abc' is ambiguous; matches: abc12555, W-1 (abc12000), w-1 (abc12301), w-2 (abc12402) (use a longer prefix or full ID)",
    );
    expect(error.code).toBe("ERR_AMBIGUOUS");
    expect(error.hint).toBe("Use a longer prefix or full ID.");
    expect(error.details).toEqual({
      resource: "loop",
      id: "abc",
      candidates: [
        { name: "", short_id: "abc12555" },
        { name: "W-1", short_id: "abc12000" },
        { name: "w-1", short_id: "abc12301" },
        { name: "w-2", short_id: "abc12402" },
      ],
    });
  });

  test("that fits none is told with the first loop as an example", () => {
    const error = errorOf(() => resolveLoop("zz1", loops));
    expect(error.message).toBe("loop 'zz1' not found. Example input: 'w-1' or 'abc12301'");
    expect(error.code).toBe("ERR_NOT_FOUND");
    expect(error.details).toEqual({ resource: "loop", id: "zz1", candidates: [] });
    expect(error.hint).toBeUndefined();
  });

  test("among no loops at all says so, and among those that filters left says no more", () => {
    expect(errorOf(() => resolveLoop("x", [])).message).toBe("loop 'x' not found (no loops registered yet)");
    expect(errorOf(() => resolveLoop("w-1", [], loops)).message).toBe("loop 'w-1' not found");
  });

  test.each(["W-1", "w-"])(
    "spec/20 edge cases: %j (another case, a prefix of names) is not found, with example",
    (reference) => {
      const error = errorOf(() => resolveLoop(reference, loops));
      expect(error.message).toBe(`loop '${reference}' not found. Example input: 'w-1' or 'abc12301'`);
      expect(error.hint).toBe("Did you mean 'w-1'?");
    },
  );

  test("that is nearly a name gets it as a hint, nearest first (spec/20 Do better 8)", () => {
    const error = errorOf(() => resolveLoop("w-3", loops));
    expect(error.hint).toBe("Did you mean 'w-1'?");
    expect(error.details?.candidates).toEqual([
      { name: "w-1", short_id: "abc12301" },
      { name: "w-2", short_id: "abc12402" },
    ]);
  });

  test("finds every loop by short id, id and name, and any unique prefix of its short id", () => {
    const shortId = fc.stringMatching(/^[a-z0-9]{8}$/);
    const rows = fc.uniqueArray(fc.tuple(shortId, fc.uuid({ version: 4 })), {
      selector: ([short]) => short,
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 8 }), (rows, length) => {
        const all = rows.map(([short, id], index) => loop(`Loop ${index}`, short, id));
        for (const one of all) {
          expect(resolveLoop(one.shortId.toUpperCase(), all)).toBe(one);
          expect(resolveLoop(one.id, all)).toBe(one);
          expect(resolveLoop(one.name, all)).toBe(one);
          const prefix = one.shortId.slice(0, length);
          const fits = all.filter((other) => other.shortId.startsWith(prefix) || other.id.startsWith(prefix));
          if (fits.length === 1) expect(resolveLoop(prefix, all)).toBe(one);
          else if (length < 8) expect(errorOf(() => resolveLoop(prefix, all)).kind).toBe("ambiguous");
        }
      }),
    );
  });

  test("of any text gives a loop or an error whose kind agrees with its text", () => {
    fc.assert(
      fc.property(fc.string(), (reference) => {
        try {
          expect(loops).toContain(resolveLoop(reference, loops));
        } catch {
          const error = errorOf(() => resolveLoop(reference, loops));
          expect(error.kind).toBe(classify(error.message));
        }
      }),
    );
  });
});

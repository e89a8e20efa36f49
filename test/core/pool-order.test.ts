import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ProfileId } from "../../src/core/ids.ts";
import { memberOrder, type PoolHistory, turnsAfter, type WeightedTurns } from "../../src/core/pool-order.ts";
import { profileId } from "../support/core-samples.ts";

const NAMES = ["a", "b", "c", "d"];
const members = (...weights: number[]) =>
  weights.map((weight, index) => ({ profileId: profileId(NAMES[index] ?? ""), weight }));
const names = (order: readonly number[]) => order.map((index) => NAMES[index]).join("");
const order = (strategy: string, history: Partial<PoolHistory>, ...weights: number[]) =>
  names(
    memberOrder(strategy, members(...weights), {
      lastIndex: -1,
      lastStarts: new Map(),
      turns: {},
      ...history,
    }),
  );

describe("15 section 4.3: the choice among the members of a pool", () => {
  test("round robin goes on behind the last one; so do strategies of other programs", () => {
    expect(order("round_robin", {}, 1, 1, 1)).toBe("abc");
    expect(order("round_robin", { lastIndex: 1 }, 1, 1, 1)).toBe("cab");
    expect(order("round_robin", { lastIndex: 2 }, 1, 1, 1)).toBe("abc");
    expect(order("round_robin", { lastIndex: 7 }, 1, 1, 1)).toBe("cab");
    expect(order("theirs", { lastIndex: 0 }, 1, 1, 1)).toBe("bca");
  });

  test("lru: the oldest last start first, what never started first of all", () => {
    const lastStarts = new Map([
      [profileId("a"), 3],
      [profileId("c"), 1],
    ]);
    expect(order("lru", { lastStarts, lastIndex: 1 }, 1, 1, 1, 1)).toBe("bdca");
  });

  test("drain: the one that the loop used last, else by position", () => {
    expect(order("drain", {}, 1, 1, 1)).toBe("abc");
    expect(order("drain", { lastOfLoop: profileId("c"), lastIndex: 0 }, 1, 1, 1)).toBe("cab");
  });
});

/** What a weighted pool chooses so many times in a row. */
function choices(
  count: number,
  weights: number[],
  isFree: (round: number, id: ProfileId) => boolean = () => true,
) {
  const pool = members(...weights);
  const chosen: string[] = [];
  let turns: WeightedTurns = {};
  for (let round = 0; round < count; round++) {
    const free = new Set(pool.map(({ profileId }) => profileId).filter((id) => isFree(round, id)));
    const first = memberOrder("weighted", pool, { lastIndex: -1, lastStarts: new Map(), turns })
      .map((index) => pool[index]?.profileId)
      .find((id) => id !== undefined && free.has(id));
    if (first === undefined) continue;
    turns = turnsAfter(turns, pool, { chosen: first, free });
    chosen.push(first);
  }
  return { chosen: chosen.join(""), turns };
}

describe("15 section 4.3: weighted pools", () => {
  test("give each member its share, spread evenly", () => {
    expect(choices(14, [5, 1, 1]).chosen).toBe("aabacaaaabacaa");
    expect(choices(6, [1, 1, 1]).chosen).toBe("abcabc");
  });

  test("share the rest by weight while a member is not free, and owe it nothing afterwards", () => {
    const { chosen } = choices(20, [2, 1, 1], (round, id) => round >= 8 || id !== profileId("a"));
    expect(chosen).toBe("bcbcbcbcabcaabcaabca");
  });

  test("give every member its exact share over a whole round, whatever the weights", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const { chosen, turns } = choices(total, weights);
        expect(weights.map((_, index) => chosen.split(NAMES[index] ?? "").length - 1)).toEqual(weights);
        expect(Object.values(turns).every((turn) => turn === 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("forget members that are gone", () => {
    const turns = { [profileId("z")]: 7 } as WeightedTurns;
    const after = turnsAfter(turns, members(1), { chosen: profileId("a"), free: new Set([profileId("a")]) });
    expect(after).toEqual({ [profileId("a")]: 0 });
  });
});

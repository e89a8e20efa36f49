import { describe, expect, test } from "bun:test";
import {
  lastMemberIndex,
  type Pool,
  parsePoolStrategy,
  parsePoolStrategyWord,
  poolJson,
  poolMemberJson,
  validatePool,
} from "../../src/core/pool.ts";
import { poolId, profileId, SAMPLE_TIME, SAMPLE_TIME_TEXT } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

const pool: Pool = {
  id: poolId("pool"),
  name: "main",
  strategy: "round_robin",
  isDefault: false,
  metadata: { last_index: 1 },
  createdAt: SAMPLE_TIME,
  updatedAt: SAMPLE_TIME,
};

describe("pools", () => {
  test("store exact strategies", () => {
    expect(["round_robin", "lru"].map(parsePoolStrategy)).toEqual(["round_robin", "lru"]);
    expect(errorOf(() => parsePoolStrategy("rr")).message).toBe("invalid pool strategy: rr");
  });

  test("are typed with other spellings too (spec/15 section 4.3)", () => {
    const words = ["round_robin", "round-robin", "rr", "lru", "least_recently_used", "weighted", "drain"];
    expect(words.map(parsePoolStrategyWord)).toEqual([
      ...["round_robin", "round_robin", "round_robin"],
      ...["lru", "lru", "weighted", "drain"],
    ] as ReturnType<typeof parsePoolStrategyWord>[]);
    const error = errorOf(() => parsePoolStrategyWord("random"));
    expect(error.message).toBe('unknown pool strategy "random"');
    expect(error.hint).toBe(`Valid: ${words.join(", ")}`);
  });

  test.each([
    [{ last_index: 2 }, 2],
    [{ last_index: 1.0 }, 1],
    [{ last_index: "3" }, 3],
    [{}, -1],
    [undefined, -1],
  ])("remember the last member: %j is %d", (metadata, index) => {
    expect(lastMemberIndex({ metadata })).toBe(index);
  });

  test("print the fields of spec/40 section 3 in their order", () => {
    expect(JSON.stringify(poolJson(pool))).toBe(
      `{"id":"pool","name":"main","strategy":"round_robin","is_default":false,"metadata":{"last_index":1},` +
        `"created_at":"${SAMPLE_TIME_TEXT}","updated_at":"${SAMPLE_TIME_TEXT}"}`,
    );
    expect(JSON.stringify(poolJson({ ...pool, metadata: {} }))).not.toContain("metadata");
  });

  test("print their members", () => {
    const member = {
      id: "member",
      poolId: pool.id,
      profileId: profileId("profile"),
      weight: 1,
      position: 2,
      createdAt: SAMPLE_TIME,
    };
    expect(JSON.stringify(poolMemberJson(member))).toBe(
      `{"id":"member","pool_id":"pool","profile_id":"profile","weight":1,"position":2,"created_at":"${SAMPLE_TIME_TEXT}"}`,
    );
  });

  test("need a name", () => {
    expect(errorOf(() => validatePool({ name: "" })).message).toBe(
      "invalid pool: name: pool name is required",
    );
    validatePool(pool);
  });
});

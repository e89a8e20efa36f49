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

  test("are typed with other spellings, and without lru for now (spec/40 section 2)", () => {
    for (const word of ["round_robin", "round-robin", "rr"])
      expect(parsePoolStrategyWord(word)).toBe("round_robin");
    const error = errorOf(() => parsePoolStrategyWord("lru"));
    expect(error.message).toBe('unknown pool strategy "lru"');
    expect(error.hint).toBe("Valid: round_robin, round-robin, rr");
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

import { describe, expect, test } from "bun:test";
import type { PoolId, ProfileId } from "../../src/core/ids.ts";
import { getLoop } from "../../src/store/loops.ts";
import {
  addPoolMember,
  countPoolMembers,
  listPoolMembers,
  removePoolMember,
} from "../../src/store/pool-members.ts";
import {
  createPool,
  deletePool,
  findDefaultPool,
  getDefaultPool,
  getPool,
  getPoolByName,
  listPools,
  resolvePool,
  setDefaultPool,
  setLastMemberIndex,
  updatePool,
} from "../../src/store/pools.ts";
import {
  createProfile,
  deleteProfile,
  getProfile,
  getProfileByName,
  listProfiles,
  resolveProfile,
  setProfileCooldown,
  updateProfile,
} from "../../src/store/profiles.ts";
import { errorOf } from "../support/error-of.ts";
import { addLoop, addProfile, NOW, NOW_TEXT, storedRow, unknownId } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

describe("profiles", () => {
  test("are stored as other implementations do (40 section 13)", () => {
    using db = inMemory();
    const profile = createProfile(
      db,
      {
        name: "fake",
        harness: "claude",
        authKind: "claude",
        commandTemplate: "echo hi",
        model: "m1",
        extraArgs: ["a"],
        env: { K: "V" },
      },
      NOW,
    );
    expect(storedRow(db, "profiles", profile.id)).toEqual({
      id: profile.id,
      name: "fake",
      harness: "claude",
      auth_kind: "claude",
      auth_home: null,
      prompt_mode: "env",
      command_template: "echo hi",
      model: "m1",
      extra_args_json: '["a"]',
      env_json: '{"K":"V"}',
      max_concurrency: 1,
      cooldown_until: null,
      created_at: NOW_TEXT,
      updated_at: NOW_TEXT,
    });
    expect(getProfile(db, profile.id)).toEqual(profile);
  });

  test("have NULL for empty lists and maps", () => {
    using db = inMemory();
    const { id } = addProfile(db, "p");
    expect(storedRow(db, "profiles", id)).toMatchObject({ extra_args_json: null, env_json: null });
  });

  test("are found by name, then by id", () => {
    using db = inMemory();
    const first = addProfile(db, "first");
    const named = addProfile(db, first.id);
    expect(resolveProfile(db, "first").id).toBe(first.id);
    expect(resolveProfile(db, first.id).id).toBe(named.id);
    expect(getProfileByName(db, "first")).toEqual(first);
    expect(errorOf(() => resolveProfile(db, "nobody")).message).toBe("profile not found: nobody");
    expect(listProfiles(db).map(({ id }) => id)).toContain(first.id);
  });

  test("are listed by name", () => {
    using db = inMemory();
    for (const name of ["b", "a", "C"]) addProfile(db, name);
    expect(listProfiles(db).map(({ name }) => name)).toEqual(["C", "a", "b"]);
  });

  test("keep what an edit does not change, and refuse a name that is taken", () => {
    using db = inMemory();
    const profile = addProfile(db, "a", { cooldownUntil: NOW });
    addProfile(db, "b");
    updateProfile(db, { ...profile, name: "c", maxConcurrency: 0 }, NOW);
    expect(getProfile(db, profile.id)).toMatchObject({ name: "c", maxConcurrency: 0, cooldownUntil: NOW });
    expect(errorOf(() => updateProfile(db, { ...profile, name: "b" }, NOW)).message).toBe(
      "profile already exists",
    );
    expect(errorOf(() => addProfile(db, "b")).message).toBe("profile already exists");
    expect(errorOf(() => addProfile(db, "d", { maxConcurrency: -1 })).message).toBe(
      "invalid profile: max_concurrency: max_concurrency must be >= 0",
    );
  });

  test("change their cooldown alone", () => {
    using db = inMemory();
    const { id } = addProfile(db, "a");
    setProfileCooldown(db, id, NOW + 1000);
    expect(getProfile(db, id).cooldownUntil).toBe(NOW + 1000);
    setProfileCooldown(db, id, null);
    expect(getProfile(db, id).cooldownUntil).toBeUndefined();
  });

  test("take their memberships along when they are deleted; loops forget them", () => {
    using db = inMemory();
    const profile = addProfile(db, "a");
    const pool = createPool(db, { name: "main" }, NOW);
    addPoolMember(db, { poolId: pool.id, profileId: profile.id }, NOW);
    const loop = addLoop(db, "l", { profileId: profile.id });
    deleteProfile(db, profile.id);
    expect(listPoolMembers(db, pool.id)).toEqual([]);
    expect(getLoop(db, loop.id).profileId).toBeUndefined();
  });

  test("that do not exist: profile not found", () => {
    using db = inMemory();
    const id = unknownId<ProfileId>();
    for (const call of [
      () => getProfile(db, id),
      () => getProfileByName(db, "x"),
      () => deleteProfile(db, id),
      () => setProfileCooldown(db, id, null),
      () => updateProfile(db, { ...addProfile(db, `${Math.random()}`), id }, NOW),
    ]) {
      const error = errorOf(call);
      expect([error.message, error.code]).toEqual(["profile not found", "ERR_NOT_FOUND"]);
    }
  });
});

describe("pools", () => {
  test("are stored with round_robin, no default and NULL metadata", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "main" }, NOW);
    expect(storedRow(db, "pools", pool.id)).toEqual({
      id: pool.id,
      name: "main",
      strategy: "round_robin",
      is_default: 0,
      metadata_json: null,
      created_at: NOW_TEXT,
      updated_at: NOW_TEXT,
    });
    expect(getPool(db, pool.id)).toEqual(pool);
    expect(getPoolByName(db, "main")).toEqual(pool);
    expect(resolvePool(db, pool.id)).toEqual(pool);
    expect(errorOf(() => createPool(db, { name: "main" }, NOW)).message).toBe("pool already exists");
    expect(errorOf(() => createPool(db, { name: "" }, NOW)).message).toBe(
      "invalid pool: name: pool name is required",
    );
  });

  test("have exactly one default, and an unknown one changes nothing", () => {
    using db = inMemory();
    expect(findDefaultPool(db)).toBeUndefined();
    const [a, b] = ["a", "b"].map((name) => createPool(db, { name }, NOW));
    if (!a || !b) throw new Error("no pools");
    setDefaultPool(db, a.id);
    setDefaultPool(db, b.id);
    expect(errorOf(() => setDefaultPool(db, unknownId<PoolId>())).message).toBe("pool not found");
    expect(getDefaultPool(db).id).toBe(b.id);
    expect(listPools(db).filter(({ isDefault }) => isDefault).length).toBe(1);
  });

  test("remember the member used last beside metadata of others", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "a", metadata: { theirs: true } }, NOW);
    setLastMemberIndex(db, pool.id, 2);
    expect(getPool(db, pool.id).metadata).toEqual({ theirs: true, last_index: 2 });
  });

  test("keep a strategy of others when they are edited", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "a" }, NOW);
    db.run("UPDATE pools SET strategy = 'theirs'");
    updatePool(db, { ...getPool(db, pool.id), name: "b" }, NOW);
    expect(getPool(db, pool.id)).toMatchObject({ name: "b", strategy: "theirs" });
  });

  test("have members in the order of their positions, once each", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "main" }, NOW);
    const [a, b, c] = ["a", "b", "c"].map((name) => addProfile(db, name).id);
    if (!a || !b || !c) throw new Error("no profiles");
    addPoolMember(db, { poolId: pool.id, profileId: a }, NOW);
    addPoolMember(db, { poolId: pool.id, profileId: b, position: 1 }, NOW + 1000);
    addPoolMember(db, { poolId: pool.id, profileId: c, weight: 0 }, NOW);
    const members = listPoolMembers(db, pool.id);
    expect(members.map(({ profileId, position, weight }) => [profileId, position, weight])).toEqual([
      [a, 1, 1],
      [b, 1, 1],
      [c, 2, 1],
    ]);
    expect([...countPoolMembers(db)]).toEqual([[pool.id, 3]]);
    expect(errorOf(() => addPoolMember(db, { poolId: pool.id, profileId: a }, NOW)).message).toBe(
      "pool already exists",
    );
    removePoolMember(db, pool.id, b);
    expect(errorOf(() => removePoolMember(db, pool.id, b)).message).toBe("pool not found");
  });

  test("take their memberships along when they are deleted; loops forget them", () => {
    using db = inMemory();
    const pool = createPool(db, { name: "main" }, NOW);
    const loop = addLoop(db, "l", { poolId: pool.id });
    deletePool(db, pool.id);
    expect(getLoop(db, loop.id).poolId).toBeUndefined();
  });

  test("that do not exist: pool not found", () => {
    using db = inMemory();
    const id = unknownId<PoolId>();
    for (const call of [
      () => getPool(db, id),
      () => getPoolByName(db, "x"),
      () => getDefaultPool(db),
      () => deletePool(db, id),
    ]) {
      expect(errorOf(call).message).toBe("pool not found");
    }
    expect(errorOf(() => resolvePool(db, "x")).message).toBe("pool not found: x");
  });
});

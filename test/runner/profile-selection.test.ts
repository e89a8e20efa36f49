import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PoolId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { Profile } from "../../src/core/profile.ts";
import { type ChosenProfile, selectProfile } from "../../src/runner/profile-selection.ts";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { createRun, finishRun } from "../../src/store/loop-runs.ts";
import { addPoolMember } from "../../src/store/pool-members.ts";
import {
  createPool,
  findPool,
  setDefaultPool,
  setLastMemberIndex,
  setPoolStrategy,
} from "../../src/store/pools.ts";
import { deleteProfile, setProfileCooldown } from "../../src/store/profiles.ts";
import { claimRun } from "../../src/store/run-claim.ts";
import { sampleClaim, storedRow } from "../store/support/samples.ts";
import { errorOf } from "../support/error-of.ts";
import { LoopWorld } from "./loop-world.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const LATER = NOW + 60_000;
let world: LoopWorld;
let profiles: Profile[];

beforeEach(async () => {
  world = await LoopWorld.make();
  profiles = [];
});
afterEach(() => world[Symbol.asyncDispose]());

function pool(name: string, ...members: string[]) {
  const made = createPool(world.db, { name }, NOW);
  for (const member of members) {
    const profile = world.profile([], { name: member });
    profiles.push(profile);
    addPoolMember(world.db, { poolId: made.id, profileId: profile.id }, NOW);
  }
  return made;
}

const select = (loop: Loop, config = world.config) => selectProfile({ db: world.db, config, now: NOW }, loop);
const chosen = (loop: Loop) => select(loop).profile?.name;
const busy = (name: string, loop: Loop) =>
  createRun(
    world.db,
    { loopId: loop.id, profileId: profiles.find((profile) => profile.name === name)?.id },
    NOW,
  );
const cool = (name: string, until = LATER) => {
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile) setProfileCooldown(world.db, profile.id, until);
};

test("a pinned profile is taken, whatever the pools say", () => {
  pool("main", "a", "b");
  const loop = world.loop({ profileId: profiles[1]?.id });
  expect(chosen(loop)).toBe("b");
});

test("a pinned profile that is busy or cooling is waited for, as a pool is", () => {
  pool("main", "a");
  const loop = world.loop({ profileId: profiles[0]?.id });
  busy("a", loop);
  expect(select(loop)).toMatchObject({ wait: { until: NOW + 5000 } });
  cool("a");
  expect(select(loop)).toMatchObject({ wait: { until: LATER } });
});

test("a pinned profile that is gone is an error", () => {
  const profile = world.profile([]);
  const loop = world.loop({ profileId: profile.id });
  deleteProfile(world.db, profile.id);
  expect(errorOf(() => select({ ...loop, profileId: profile.id })).message).toBe("profile not found");
});

test("round robin starts behind the member that was used last and passes over those that are not free", () => {
  const { id } = pool("main", "a", "b", "c");
  const loop = world.loop({ poolId: id });
  expect(chosen(loop)).toBe("a");
  setLastMemberIndex(world.db, id, 0);
  expect(select(loop)).toMatchObject({ profile: { name: "b" }, member: { poolId: id, index: 1 } });
  busy("b", loop);
  expect(chosen(loop)).toBe("c");
  cool("c");
  expect(chosen(loop)).toBe("a");
  expect(findPool(world.db, id)?.metadata?.last_index).toBe(0);
});

test("with all members taken the loop waits for the earliest cooldown, else five seconds", () => {
  const { id } = pool("main", "a", "b");
  const loop = world.loop({ poolId: id });
  busy("a", loop);
  busy("b", loop);
  expect(select(loop)).toMatchObject({ wait: { until: NOW + 5000 } });
  cool("b", LATER + 1000);
  cool("a", LATER);
  expect(select(loop)).toMatchObject({ wait: { until: LATER } });
});

test("a cooldown that is over and an unlimited profile are free", () => {
  const { id } = pool("main", "a");
  const loop = world.loop({ poolId: id });
  cool("a", NOW);
  expect(chosen(loop)).toBe("a");
  const unlimited = world.profile([], { name: "u", maxConcurrency: 0 });
  const pinned = world.loop({ name: "beta", profileId: unlimited.id });
  createRun(world.db, { loopId: pinned.id, profileId: unlimited.id }, NOW);
  expect(chosen(pinned)).toBe("u");
});

test("the pool is the loop's, else the configured one, else the default one", () => {
  const own = pool("own", "o");
  pool("configured", "c");
  const standard = pool("standard", "s");
  setDefaultPool(world.db, standard.id);
  const config = { ...world.config, defaultPool: "configured" };
  expect(select(world.loop({ poolId: own.id }), config).profile?.name).toBe("o");
  const loop = world.loop({ name: "beta" });
  expect(select(loop, config).profile?.name).toBe("c");
  expect(select(loop, { ...config, defaultPool: "missing" }).profile?.name).toBe("s");
  expect(chosen(loop)).toBe("s");
});

test("an empty pool that was named is an error", () => {
  const { id } = pool("empty");
  world.profile([], { name: "free" });
  expect(errorOf(() => select(world.loop({ poolId: id }))).message).toBe("pool unavailable");
});

test("without any pool all profiles are one, by name, after the one that the loop used last", () => {
  const [beta, alpha] = [world.profile([], { name: "beta" }), world.profile([], { name: "alpha" })];
  const loop = world.loop();
  expect(chosen(loop)).toBe("alpha");
  createRun(world.db, { loopId: loop.id, profileId: alpha.id, status: "success" }, NOW);
  expect(chosen(loop)).toBe("beta");
  createRun(world.db, { loopId: loop.id, profileId: beta.id, status: "success" }, NOW + 1000);
  expect(chosen(loop)).toBe("alpha");
});

test("without any profile the pool is unavailable, and the hint says how to add one", () => {
  const error = errorOf(() => select(world.loop()));
  expect([error.message, error.code]).toEqual(["pool unavailable", "ERR_UNKNOWN"]);
  expect(error.hint).toContain("forge profile add");
});

describe("15 section 4.3: pool strategies", () => {
  /** Chooses for a loop, claims the run and ends it, so often; the names that were chosen. */
  function chosenInARow(loop: Loop, count: number, from = NOW): string {
    const owner = { owner: "daemon", instanceId: "i", bootId: "b" } as const;
    const epoch = takeOwnership(world.db, loop.id, owner, NOW);
    return Array.from({ length: count }, (_, round) => {
      const { profile, member } = select(loop) as ChosenProfile;
      const claim = claimRun(world.db, sampleClaim(loop, profile, { epoch, member }), from + round);
      if (!claim.claimed) throw new Error(claim.reason);
      finishRun(world.db, claim.run.id, { status: "success" }, from + round);
      return profile.name;
    }).join("");
  }

  const strategy = (id: PoolId, name: string) => setPoolStrategy(world.db, id, name, NOW);

  test("round robin and lru take turns; lru sees runs that no pool has started", () => {
    const { id } = pool("main", "a", "b", "c");
    const loop = world.loop({ poolId: id });
    expect(chosenInARow(loop, 4)).toBe("abca");
    strategy(id, "lru");
    expect(chosenInARow(loop, 4)).toBe("bcab");
    createRun(world.db, { loopId: loop.id, profileId: profiles[2]?.id, status: "success" }, NOW);
    expect(chosenInARow(loop, 3)).toBe("abc");
  });

  test("weighted gives each its share, kept in a table of ours; the shared one says round_robin", () => {
    const { id } = pool("main", "a", "b");
    world.db.run("UPDATE pool_members SET weight = 3 WHERE profile_id = ?", [profiles[0]?.id ?? ""]);
    expect(strategy(id, "weighted").strategy).toBe("weighted");
    const loop = world.loop({ poolId: id });
    expect(chosenInARow(loop, 8)).toBe("aabaaaba");
    cool("a");
    expect(chosenInARow(loop, 2)).toBe("bb");
    expect(storedRow(world.db, "pools", id)).toMatchObject({ strategy: "round_robin" });
  });

  test("drain stays with the member that the loop used last while it is free", () => {
    const { id } = pool("main", "a", "b", "c");
    strategy(id, "drain");
    const loop = world.loop({ poolId: id });
    expect(chosenInARow(loop, 2)).toBe("aa");
    cool("a");
    expect(chosenInARow(loop, 1)).toBe("b");
    cool("a", NOW);
    expect(chosenInARow(loop, 2)).toBe("bb");
    expect(chosen(world.loop({ name: "beta", poolId: id }))).toBe("a");
  });

  test("a strategy that another program has written since counts; round robin forgets ours", () => {
    const { id } = pool("main", "a");
    strategy(id, "drain");
    world.db.run("UPDATE pools SET strategy = 'lru' WHERE id = ?", [id]);
    expect(findPool(world.db, id)?.strategy).toBe("lru");
    strategy(id, "round_robin");
    expect(findPool(world.db, id)?.strategy).toBe("round_robin");
  });
});

import type { Config } from "../config/config.ts";
import { ForgeError, notFound } from "../core/errors.ts";
import type { PoolId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { lastMemberIndex, type Pool } from "../core/pool.ts";
import type { Profile } from "../core/profile.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "../store/database.ts";
import { countRunningByProfile, listRuns } from "../store/loop-runs.ts";
import { listPoolMembers } from "../store/pool-members.ts";
import { findDefaultPool, findPool, findPoolByName } from "../store/pools.ts";
import { findProfile, listProfiles } from "../store/profiles.ts";

/** When no profile cools down, all are busy: their slots are looked at again after this time. */
const BUSY_WAIT_MS = 5_000;

export interface ChosenProfile {
  readonly profile: Profile;
  /** Of the pool that it was chosen from. */
  readonly member?: { readonly poolId: PoolId; readonly index: number } | undefined;
}

/** None is free before `until`. */
export interface NoProfile {
  readonly profile?: undefined;
  readonly until: Instant;
  /** Those that could start a run but for their slots. */
  readonly busy: readonly Profile[];
}

export type ProfileSelection = ChosenProfile | NoProfile;

/**
 * Chooses the profile of the next run (spec/10 section 6.1). Only looks: the claim of the run checks again. Throws
 * `profile not found` and `pool unavailable`.
 */
export function selectProfile(db: Db, config: Config, loop: Loop, now: Instant): ProfileSelection {
  if (loop.profileId) {
    const profile = findProfile(db, loop.profileId);
    if (!profile) throw notFound("profile not found");
    return firstFree(db, [profile], now);
  }
  const pool = poolOf(db, config, loop);
  return pool ? selectMember(db, pool, now) : selectAny(db, loop, now);
}

function poolOf(db: Db, { defaultPool }: Config, { poolId }: Loop): Pool | undefined {
  const named = poolId && findPool(db, poolId);
  return named || (defaultPool && findPoolByName(db, defaultPool)) || findDefaultPool(db);
}

/** Round robin: after the member that was used last. */
function selectMember(db: Db, pool: Pool, now: Instant): ProfileSelection {
  const members = listPoolMembers(db, pool.id);
  if (members.length === 0) throw poolUnavailable();
  const start = lastMemberIndex(pool) + 1;
  const order = members.map((_, offset) => (start + offset) % members.length);
  const profiles = order.flatMap((index) => {
    const member = members[index];
    const profile = member && findProfile(db, member.profileId);
    return profile ? [{ profile, index }] : [];
  });
  const selection = firstFree(
    db,
    profiles.map(({ profile }) => profile),
    now,
  );
  const chosen = profiles.find(({ profile }) => profile === selection.profile);
  if (selection.profile === undefined || chosen === undefined) return selection;
  return { profile: chosen.profile, member: { poolId: pool.id, index: chosen.index } };
}

/** Without any pool all profiles act as one: round robin by name, after the one that this loop used last. */
function selectAny(db: Db, loop: Loop, now: Instant): ProfileSelection {
  const profiles = listProfiles(db);
  if (profiles.length === 0)
    throw poolUnavailable("Add a profile: forge profile add <harness> --name <name>");
  const [lastRun] = listRuns(db, loop.id, 1);
  const start = profiles.findIndex(({ id }) => id === lastRun?.profileId) + 1;
  return firstFree(db, [...profiles.slice(start), ...profiles.slice(0, start)], now);
}

function firstFree(db: Db, profiles: readonly Profile[], now: Instant): ProfileSelection {
  const cooling = profiles.flatMap(({ cooldownUntil }) =>
    cooldownUntil !== undefined && cooldownUntil > now ? [cooldownUntil] : [],
  );
  const rested = profiles.filter(({ cooldownUntil }) => cooldownUntil === undefined || cooldownUntil <= now);
  const profile = rested.find((candidate) => hasFreeSlot(db, candidate));
  if (profile) return { profile };
  const until = cooling.length > 0 ? Math.min(...cooling) : now + BUSY_WAIT_MS;
  return { until, busy: rested };
}

const hasFreeSlot = (db: Db, { id, maxConcurrency }: Profile): boolean =>
  maxConcurrency === 0 || countRunningByProfile(db, id) < maxConcurrency;

/** Its text does not follow the rules of `classify`: scripts know it as an unknown error (spec/20 section 8). */
const poolUnavailable = (hint?: string) => new ForgeError("unknown", "pool unavailable", { hint });

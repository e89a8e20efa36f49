import type { Config } from "../config/config.ts";
import { ForgeError, notFound } from "../core/errors.ts";
import type { PoolId, ProfileId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { stopsProfile } from "../core/outcome.ts";
import { pastedWord } from "../core/pasted-name.ts";
import type { Pool } from "../core/pool.ts";
import { memberOrder } from "../core/pool-order.ts";
import type { Profile } from "../core/profile.ts";
import { type Candidate, type ProfileWait, profileWait, type WaitedFor } from "../core/profile-wait.ts";
import type { Instant } from "../core/time.ts";
import { closedBudget } from "../store/budget-gate.ts";
import type { Db } from "../store/database.ts";
import { listRuns } from "../store/loop-runs.ts";
import { listPoolMembers } from "../store/pool-members.ts";
import { type ChosenMember, poolHistory } from "../store/pool-turns.ts";
import { findDefaultPool, findPool, findPoolByName } from "../store/pools.ts";
import { profileAvailability } from "../store/profile-standings.ts";
import { findProfile, listProfiles } from "../store/profiles.ts";
import { lastOutcomes } from "../store/run-outcomes.ts";

export interface ChosenProfile {
  readonly profile: Profile;
  readonly wait?: undefined;
  /** Of the pool that it was chosen from. */
  readonly member?: ChosenMember | undefined;
}

/** None is free. */
export interface NoProfile {
  readonly profile?: undefined;
  readonly wait: ProfileWait;
  /** Those that could start a run but for their slots. */
  readonly busy: readonly Profile[];
}

export type ProfileSelection = ChosenProfile | NoProfile;

export interface SelectionContext {
  readonly db: Db;
  readonly config: Pick<Config, "defaultPool" | "limits" | "budget">;
  readonly now: Instant;
  /** Profiles that this pass has tried and that could not do its work. */
  readonly tried?: ReadonlySet<ProfileId> | undefined;
  /** The one of them that is asked for. */
  readonly only?: ProfileId | undefined;
}

/** Profiles in the order in which they are tried, and the name of what they are. */
interface Choice {
  readonly profiles: readonly Profile[];
  readonly of: WaitedFor;
  readonly poolId?: PoolId | undefined;
  /** What the pool remembers of the choice of the first of these. */
  readonly memberOf?: ((free: readonly [Profile, ...Profile[]]) => ChosenMember) | undefined;
  /** Whether all that are free matter, and not only the first. */
  readonly needsAll?: boolean | undefined;
}

/**
 * Chooses the profile of the next run (spec/10 section 6.1, spec/15 section 4.1). Only looks: the claim of the run checks
 * again. Throws `profile not found` and `pool unavailable`.
 */
export function selectProfile(context: SelectionContext, loop: Loop): ProfileSelection {
  const choice = choiceOf(context, loop);
  const { db, now, tried, config, only } = context;
  const candidates: Candidate[] = [];
  const free: Profile[] = [];
  for (const profile of choice.profiles) {
    if (only !== undefined && profile.id !== only) continue;
    const availability = profileAvailability(db, profile, now);
    const run = { loopId: loop.id, profileId: profile.id, poolId: choice.poolId, repoPath: loop.repoPath };
    const budget = closedBudget(db, run, now, config.budget);
    const isFree = availability.kind === "free" && budget === undefined && !tried?.has(profile.id);
    if (isFree) free.push(profile);
    else candidates.push({ profile, availability, budget });
    if (free.length > 0 && !choice.needsAll) break;
  }
  const [profile, ...others] = free;
  if (profile) return { profile, member: choice.memberOf?.([profile, ...others]) };
  const busy = candidates.filter(({ availability: { kind } }) => kind === "busy" || kind === "free");
  return { wait: profileWait(candidates, choice.of, now), busy: busy.map(({ profile }) => profile) };
}

function choiceOf({ db, config }: SelectionContext, loop: Loop): Choice {
  if (loop.profileId) {
    const profile = findProfile(db, loop.profileId);
    if (!profile) throw notFound("profile not found");
    return { profiles: [profile], of: { kind: "profile" } };
  }
  const pool = poolOf(db, config, loop);
  const choice = pool ? membersOf(db, pool, loop) : allProfiles(db, loop);
  return config.limits.failover ? choice : limitedOnly(db, loop, choice);
}

export function poolOf(
  db: Db,
  { defaultPool }: Pick<Config, "defaultPool">,
  { poolId }: Loop,
): Pool | undefined {
  const named = poolId && findPool(db, poolId);
  return named || (defaultPool && findPoolByName(db, defaultPool)) || findDefaultPool(db);
}

/** The members in the order of the pool's strategy. */
function membersOf(db: Db, pool: Pool, loop: Loop): Choice {
  const members = listPoolMembers(db, pool.id);
  if (members.length === 0)
    throw poolUnavailable(`forge pool add ${pastedWord(pool.name, "pool")} <profile>`);
  const order = memberOrder(pool.strategy, members, poolHistory(db, pool, members, loop.id));
  const profiles = order.flatMap((index) => {
    const member = members[index];
    return (member && findProfile(db, member.profileId)) ?? [];
  });
  const isWeighted = pool.strategy === "weighted";
  return {
    profiles,
    of: { kind: "pool", name: pool.name },
    poolId: pool.id,
    memberOf: (free) => ({
      poolId: pool.id,
      index: members.findIndex(({ profileId }) => profileId === free[0].id),
      profileId: free[0].id,
      free: isWeighted ? new Set(free.map(({ id }) => id)) : undefined,
    }),
    needsAll: isWeighted,
  };
}

/** Without any pool all profiles act as one: round robin by name, after the one that this loop used last. */
function allProfiles(db: Db, loop: Loop): Choice {
  const profiles = listProfiles(db);
  if (profiles.length === 0)
    throw poolUnavailable("Add a profile: forge profile add <harness> --name <name>");
  const [lastRun] = listRuns(db, loop.id, 1);
  const start = profiles.findIndex(({ id }) => id === lastRun?.profileId) + 1;
  return { profiles: [...profiles.slice(start), ...profiles.slice(0, start)], of: { kind: "all" } };
}

/** Without fail-over a loop whose last run has met a limit stays with the profile of that run. */
function limitedOnly(db: Db, loop: Loop, choice: Choice): Choice {
  const last = lastOutcomes(db, [loop.id]).get(loop.id);
  if (!stopsProfile(last?.outcome)) return choice;
  const profile = choice.profiles.find(({ id }) => id === last?.profileId);
  return profile ? { ...choice, profiles: [profile], of: { kind: "profile" } } : choice;
}

/** Its text does not follow the rules of `classify`: scripts know it as an unknown error (spec/20 section 8). */
const poolUnavailable = (hint?: string) => new ForgeError("unknown", "pool unavailable", { hint });

import type { Config } from "../config/config.ts";
import type { ConfigPool } from "../config/lists/pools.ts";
import type { ConfigProfile } from "../config/lists/profiles.ts";
import { parsePoolStrategyWord } from "../core/pool.ts";
import { type Profile, parseHarnessWord, storedHarness } from "../core/profile.ts";
import { parsePromptModeWord } from "../core/profile-input.ts";
import type { Instant } from "../core/time.ts";
import { defaultTemplate } from "../harness/default-templates.ts";
import type { Db } from "../store/database.ts";
import { addPoolMember, listPoolMembers } from "../store/pool-members.ts";
import { createPool, findPoolByName, setDefaultPool, setPoolStrategy } from "../store/pools.ts";
import { createProfile, findProfileByName, getProfileByName, updateProfile } from "../store/profiles.ts";
import { inTransaction } from "../store/transaction.ts";

/** Names, by what became of them. */
export interface Synced {
  readonly created: string[];
  readonly updated: string[];
  readonly unchanged: string[];
}

const nothing = (): Synced => ({ created: [], updated: [], unchanged: [] });

/**
 * Makes the profiles and pools of the configuration file in the database, and changes those of the same name to what the
 * file says: all or none. Nothing is removed, neither profiles nor members that people have added. Throws what is wrong.
 */
export function syncProfiles(db: Db, config: Config, now: Instant): { profiles: Synced; pools: Synced } {
  const [profiles, pools] = [nothing(), nothing()];
  inTransaction(db, () => {
    for (const wanted of config.profiles) profiles[syncProfile(db, wanted, now)].push(wanted.name);
    for (const wanted of config.pools) pools[syncPool(db, wanted, now)].push(wanted.name);
    const chosen = config.pools.find(({ isDefault }) => isDefault)?.name ?? config.defaultPool;
    const pool = chosen ? findPoolByName(db, chosen) : undefined;
    if (pool && !pool.isDefault) setDefaultPool(db, pool.id);
  });
  return { profiles, pools };
}

type SyncedProfile = Omit<Profile, "id" | "name" | "cooldownUntil" | "createdAt" | "updatedAt">;

function syncProfile(db: Db, wanted: ConfigProfile, now: Instant): keyof Synced {
  const fields = profileFields(wanted);
  const before = findProfileByName(db, wanted.name);
  if (!before) {
    createProfile(db, { name: wanted.name, ...fields }, now);
    return "created";
  }
  const differs = Object.entries(fields).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, name)),
  );
  if (!differs) return "unchanged";
  updateProfile(db, { ...before, ...fields }, now);
  return "updated";
}

function profileFields(wanted: ConfigProfile): SyncedProfile {
  const harness = parseHarnessWord(wanted.harness);
  return {
    harness: storedHarness(harness),
    authKind: wanted.authKind || harness,
    authHome: wanted.authHome || undefined,
    promptMode: wanted.promptMode
      ? parsePromptModeWord(wanted.promptMode)
      : defaultTemplate(harness, wanted.model || undefined).promptMode,
    commandTemplate: wanted.commandTemplate,
    model: wanted.model || undefined,
    extraArgs: [...wanted.extraArgs],
    env: { ...wanted.env },
    maxConcurrency: wanted.maxConcurrency,
  };
}

function syncPool(db: Db, wanted: ConfigPool, now: Instant): keyof Synced {
  const strategy = parsePoolStrategyWord(wanted.strategy);
  const before = findPoolByName(db, wanted.name);
  const pool = before ?? createPool(db, { name: wanted.name, strategy }, now);
  const present = new Set(listPoolMembers(db, pool.id).map(({ profileId }) => profileId));
  const missing = wanted.profiles
    .map((name) => ({ name, profileId: getProfileByName(db, name).id }))
    .filter(({ profileId }) => !present.has(profileId));
  for (const { name, profileId } of missing)
    addPoolMember(db, { poolId: pool.id, profileId, weight: wanted.weights[name] }, now);
  if (!before) return "created";
  if (before.strategy !== strategy) setPoolStrategy(db, pool.id, strategy, now);
  return missing.length > 0 || before.strategy !== strategy ? "updated" : "unchanged";
}

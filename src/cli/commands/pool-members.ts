import { printable } from "../../console/printable.ts";
import { exists, notFound } from "../../core/errors.ts";
import { checkMemberWeight, type Pool } from "../../core/pool.ts";
import type { Profile } from "../../core/profile.ts";
import type { Db } from "../../store/database.ts";
import { addPoolMember, listPoolMembers, removePoolMember } from "../../store/pool-members.ts";
import { resolvePool } from "../../store/pools.ts";
import { resolveProfile } from "../../store/profiles.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { poolAddFlags } from "../registry/pools.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

export const add: Run<typeof poolAddFlags> = (invocation) => {
  const { flags, world, out } = invocation;
  checkMemberWeight(flags.weight);
  const { pool, profiles } = changeMembers(invocation, (db, pool, profile) => {
    if (isMember(db, pool, profile))
      throw exists(
        `profile ${JSON.stringify(profile.name)} already exists in pool ${JSON.stringify(pool.name)}`,
      );
    addPoolMember(db, { poolId: pool.id, profileId: profile.id, weight: flags.weight }, world.now());
  });
  out.done(`Added ${shown(profiles)} to pool "${printable(pool.name)}"`, {
    added: profiles,
    pool: pool.name,
  });
};

export const remove: Run<NoFlags> = (invocation) => {
  const { out } = invocation;
  const { pool, profiles } = changeMembers(invocation, (db, pool, profile) => {
    if (!isMember(db, pool, profile))
      throw notFound(
        `profile ${JSON.stringify(profile.name)} not found in pool ${JSON.stringify(pool.name)}`,
      );
    removePoolMember(db, pool.id, profile.id);
  });
  out.done(`Removed ${shown(profiles)} from pool "${printable(pool.name)}"`, {
    removed: profiles,
    pool: pool.name,
  });
};

/** Changes the membership of each profile that is named, all or none. */
function changeMembers(
  invocation: Pick<Invocation, "args" | "config" | "out">,
  change: (db: Db, pool: Pool, profile: Profile) => void,
): { pool: Pool; profiles: string[] } {
  const [poolReference = "", ...references] = invocation.args;
  const db = openStore(invocation, "read");
  return inTransaction(db, () => {
    const pool = resolvePool(db, poolReference);
    const profiles = references.map((reference) => resolveProfile(db, reference));
    for (const profile of profiles) change(db, pool, profile);
    return { pool, profiles: profiles.map(({ name }) => name) };
  });
}

const isMember = (db: Db, pool: Pool, profile: Profile): boolean =>
  listPoolMembers(db, pool.id).some(({ profileId }) => profileId === profile.id);

const shown = (names: readonly string[]): string => names.map(printable).join(", ");

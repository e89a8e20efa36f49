import type { Loop } from "../core/loop.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";

// Few loops wait: they are found by their state (`+` keeps a column's own index out), not among all of a pool.

/**
 * How many loops have waited longer than this one for a profile, or for a budget, of those that share its pool or profile;
 * ties go by the id of the loop (spec/15 section 4.2).
 */
export const countOlderWaiters = (
  db: Db,
  { id, poolId, profileId }: Pick<Loop, "id" | "poolId" | "profileId">,
  { since, isForBudget }: { readonly since: Instant; readonly isForBudget: boolean },
): number =>
  db
    .query<{ n: number }, Record<string, string | null>>(
      `SELECT count(*) AS n FROM fx_loops JOIN loops ON loops.id = loop_id
       WHERE state = 'waiting' AND wait_kind IN (SELECT value FROM json_each($kinds)) AND loop_id <> $id
         AND +pool_id IS $poolId AND +profile_id IS $profileId
         AND (wait_since < $since OR (wait_since = $since AND loop_id < $id))`,
    )
    .get({
      id,
      poolId: poolId ?? null,
      profileId: profileId ?? null,
      since: formatTimeMillis(since),
      kinds: JSON.stringify(isForBudget ? ["budget"] : ["profile", "parked"]),
    })?.n ?? 0;

/** Loops that wait, by whose process runs them. */
export interface Waiters {
  readonly here: number;
  readonly elsewhere: number;
}

/**
 * The loops that wait for the pool or profile that this one draws from. One whose wait has run out and was not renewed has
 * no runner any more.
 */
export const countWaiters = (
  db: Db,
  { poolId, profileId }: Pick<Loop, "poolId" | "profileId">,
  instanceId: string,
  now: Instant,
): Waiters =>
  db
    .query<Waiters, Record<string, string | null>>(
      `SELECT count(*) FILTER (WHERE instance_id = $instanceId) AS here,
         count(*) FILTER (WHERE instance_id <> $instanceId) AS elsewhere
       FROM fx_loops JOIN loops ON loops.id = loop_id
       WHERE state = 'waiting' AND wait_kind = 'profile'
         AND +pool_id IS $poolId AND +profile_id IS $profileId AND wait_until >= $now`,
    )
    .get({
      instanceId,
      poolId: poolId ?? null,
      profileId: profileId ?? null,
      now: formatTimeMillis(now),
    }) ?? { here: 0, elsewhere: 0 };

import { enumParser } from "./enum.ts";
import { ForgeError } from "./errors.ts";
import type { PoolId, ProfileId } from "./ids.ts";
import { omitEmpty, readInteger } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const POOL_STRATEGIES = ["round_robin", "lru"] as const;
export type PoolStrategy = (typeof POOL_STRATEGIES)[number];

/** Throws `invalid pool strategy: <text>`. */
export const parsePoolStrategy = enumParser(POOL_STRATEGIES, (text) => `invalid pool strategy: ${text}`);

/** The spellings of a strategy on the command line. `lru` joins them when pools choose by it (spec/15 section 4.3). */
const STRATEGY_WORDS = new Map<string, PoolStrategy>([
  ["round_robin", "round_robin"],
  ["round-robin", "round_robin"],
  ["rr", "round_robin"],
]);

/** A strategy as it is typed. Throws `unknown pool strategy "<word>"`. */
export function parsePoolStrategyWord(word: string): PoolStrategy {
  const strategy = STRATEGY_WORDS.get(word);
  if (strategy) return strategy;
  const hint = `Valid: ${[...STRATEGY_WORDS.keys()].join(", ")}`;
  throw new ForgeError("unknown", `unknown pool strategy "${word}"`, { hint });
}

/** A set of profiles that loops share: a row of `pools`. */
export interface Pool {
  id: PoolId;
  name: string;
  /** As stored; a strategy of others is kept. */
  strategy: string;
  isDefault: boolean;
  metadata?: Record<string, unknown> | undefined;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface PoolMember {
  id: string;
  poolId: PoolId;
  profileId: ProfileId;
  weight: number;
  position: number;
  createdAt: Instant;
}

/** The index of the member that was used last by round robin; -1 when none was (spec/40 section 3.1). */
export const lastMemberIndex = (pool: Pick<Pool, "metadata">): number =>
  readInteger(pool.metadata?.last_index) ?? -1;

/** A pool as it is printed (spec/40 section 3). */
export const poolJson = (pool: Pool) => ({
  id: pool.id,
  name: pool.name,
  strategy: pool.strategy,
  is_default: pool.isDefault,
  metadata: omitEmpty(pool.metadata),
  created_at: formatTime(pool.createdAt),
  updated_at: formatTime(pool.updatedAt),
});

export const poolMemberJson = (member: PoolMember) => ({
  id: member.id,
  pool_id: member.poolId,
  profile_id: member.profileId,
  weight: member.weight,
  position: member.position,
  created_at: formatTime(member.createdAt),
});

/** Throws `invalid pool: ...` (spec/40 section 5). */
export function validatePool(pool: Pick<Pool, "name">): void {
  new ValidationErrors().require(pool.name, "name", "pool name is required").throwIfAny("pool");
}

import { enumParser, isOneOf } from "./enum.ts";
import { ForgeError, invalid } from "./errors.ts";
import type { PoolId, ProfileId } from "./ids.ts";
import { omitEmpty, readInteger } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

/** The strategies of the shared table. */
const POOL_STRATEGIES = ["round_robin", "lru"] as const;
/** Throws `invalid pool strategy: <text>`. */
export const parsePoolStrategy = enumParser(POOL_STRATEGIES, (text) => `invalid pool strategy: ${text}`);

/** Strategies that other implementations do not know: their pools are `round_robin` in the shared table. */
export const OWN_STRATEGIES = ["weighted", "drain"] as const;

/** How a pool may choose the next profile (spec/15 section 4.3). */
export const CHOICE_STRATEGIES = [...POOL_STRATEGIES, ...OWN_STRATEGIES] as const;
export type ChoiceStrategy = (typeof CHOICE_STRATEGIES)[number];

/** The spellings of a strategy on the command line. */
const STRATEGY_WORDS = new Map<string, ChoiceStrategy>([
  ["round_robin", "round_robin"],
  ["round-robin", "round_robin"],
  ["rr", "round_robin"],
  ["lru", "lru"],
  ["least_recently_used", "lru"],
  ["weighted", "weighted"],
  ["drain", "drain"],
]);

/** A strategy as it is typed. Throws `unknown pool strategy "<word>"`. */
export function parsePoolStrategyWord(word: string): ChoiceStrategy {
  const strategy = STRATEGY_WORDS.get(word);
  if (strategy) return strategy;
  const hint = `Valid: ${[...STRATEGY_WORDS.keys()].join(", ")}`;
  throw new ForgeError("unknown", `unknown pool strategy "${word}"`, { hint });
}

/** What the shared table says of a pool with this strategy. */
export const sharedStrategy = (strategy: string): string =>
  isOneOf(OWN_STRATEGIES, strategy) ? "round_robin" : strategy;

const LIGHTEST_MEMBER = 1;
const HEAVIEST_MEMBER = 100;

/** Throws `weight must be between 1 and 100`. */
export function checkMemberWeight(weight: number): void {
  if (weight >= LIGHTEST_MEMBER && weight <= HEAVIEST_MEMBER) return;
  throw invalid(`weight must be between ${LIGHTEST_MEMBER} and ${HEAVIEST_MEMBER}`);
}

/** A set of profiles that loops share: a row of `pools`. */
export interface Pool {
  id: PoolId;
  name: string;
  /** How it really chooses; a strategy of others is kept. */
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

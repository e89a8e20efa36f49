import type { PoolId, ProfileId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const POOL_STRATEGIES = ["round_robin", "lru"] as const;
export type PoolStrategy = (typeof POOL_STRATEGIES)[number];

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

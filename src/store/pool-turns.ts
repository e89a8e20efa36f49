import type { LoopId, PoolId, ProfileId } from "../core/ids.ts";
import { readNumber } from "../core/json.ts";
import { lastMemberIndex, type Pool, type PoolMember } from "../core/pool.ts";
import { type PoolHistory, turnsAfter, type WeightedTurns } from "../core/pool-order.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import { readObjectColumn } from "./columns.ts";
import type { Db } from "./database.ts";
import { listRuns } from "./loop-runs.ts";
import { listPoolMembers } from "./pool-members.ts";
import { setLastMemberIndex } from "./pools.ts";
import { updateRow } from "./statements.ts";

/** A member that was chosen from a pool. */
export interface ChosenMember {
  readonly poolId: PoolId;
  readonly index: number;
  readonly profileId: ProfileId;
  /** Weighted pools: those that could have been chosen. */
  readonly free?: ReadonlySet<ProfileId> | undefined;
}

/** What the strategy of a pool looks at when it chooses for a loop. */
export function poolHistory(db: Db, pool: Pool, members: readonly PoolMember[], loopId: LoopId): PoolHistory {
  const { strategy } = pool;
  return {
    lastIndex: lastMemberIndex(pool),
    lastStarts: strategy === "lru" ? lastStarts(db, members) : new Map(),
    turns: strategy === "weighted" ? readTurns(db, pool.id) : {},
    lastOfLoop: strategy === "drain" ? listRuns(db, loopId, 1)[0]?.profileId : undefined,
  };
}

/** Remembers the choice; part of the claim of the run. */
export function noteChoice(db: Db, { poolId, index, profileId, free }: ChosenMember, now: Instant): void {
  setLastMemberIndex(db, poolId, index);
  if (free === undefined) return;
  const turns = turnsAfter(readTurns(db, poolId), listPoolMembers(db, poolId), { chosen: profileId, free });
  const values = { state_json: JSON.stringify({ turns }), updated_at: formatTimeMillis(now) };
  updateRow(db, "fx_pools", { pool_id: poolId }, values);
}

function readTurns(db: Db, poolId: PoolId): WeightedTurns {
  const row = db
    .query<{ turns: string | null }, [string]>(
      "SELECT state_json ->> '$.turns' AS turns FROM fx_pools WHERE pool_id = ?",
    )
    .get(poolId);
  const turns = Object.entries(readObjectColumn(row?.turns ?? null) ?? {});
  return Object.fromEntries(turns.map(([profileId, turn]) => [profileId, readNumber(turn) ?? 0]));
}

/** Profiles by the order of their last starts; found by index, whatever the number of runs. */
function lastStarts(db: Db, members: readonly PoolMember[]): Map<ProfileId, number> {
  const query = db.query<{ started_at: string; row: number }, [string]>(
    `SELECT started_at, rowid AS row FROM loop_runs WHERE profile_id = ?
     ORDER BY started_at DESC, rowid DESC LIMIT 1`,
  );
  const starts = members.flatMap(({ profileId }) => {
    const last = query.get(profileId);
    return last ? [{ profileId, ...last }] : [];
  });
  const inOrder = starts.toSorted((one, other) =>
    one.started_at === other.started_at ? one.row - other.row : one.started_at < other.started_at ? -1 : 1,
  );
  return new Map(inOrder.map(({ profileId }, order) => [profileId, order]));
}

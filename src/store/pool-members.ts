import { newId, type PoolId, type ProfileId } from "../core/ids.ts";
import type { PoolMember } from "../core/pool.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";
import { refuseDuplicates } from "./database-error.ts";
import { poolExists, poolNotFound } from "./pools.ts";
import { insertRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface PoolMemberRow {
  id: string;
  pool_id: PoolId;
  profile_id: ProfileId;
  weight: number;
  position: number;
  created_at: string;
}

const toPoolMember = (row: PoolMemberRow): PoolMember => ({
  id: row.id,
  poolId: row.pool_id,
  profileId: row.profile_id,
  weight: row.weight,
  position: row.position,
  createdAt: readRequiredTime(row.created_at),
});

export interface PoolMemberDraft {
  poolId: PoolId;
  profileId: ProfileId;
  /** 0 or nothing is 1. */
  weight?: number | undefined;
  /** After the last member when not given. */
  position?: number | undefined;
}

/** Throws `pool already exists` when the profile is a member already. */
export function addPoolMember(db: Db, draft: PoolMemberDraft, now: Instant): PoolMember {
  return inTransaction(db, () => {
    const member: PoolMember = {
      id: newId<PoolMember["id"]>(),
      poolId: draft.poolId,
      profileId: draft.profileId,
      weight: draft.weight || 1,
      position: draft.position ?? nextPosition(db, draft.poolId),
      createdAt: now,
    };
    const columns = {
      id: member.id,
      pool_id: member.poolId,
      profile_id: member.profileId,
      weight: member.weight,
      position: member.position,
      created_at: formatTime(now),
    };
    refuseDuplicates(() => insertRow(db, "pool_members", columns), poolExists);
    return member;
  });
}

/** Throws `pool not found` when the profile is no member. */
export function removePoolMember(db: Db, poolId: PoolId, profileId: ProfileId): void {
  const { changes } = inTransaction(db, () =>
    db.query("DELETE FROM pool_members WHERE pool_id = ? AND profile_id = ?").run(poolId, profileId),
  );
  if (changes === 0) throw poolNotFound();
}

/** The members in the order in which they are tried. */
export function listPoolMembers(db: Db, poolId: PoolId): PoolMember[] {
  return db
    .query<PoolMemberRow, [string]>(
      "SELECT * FROM pool_members WHERE pool_id = ? ORDER BY position, created_at, rowid",
    )
    .all(poolId)
    .map(toPoolMember);
}

/** How many members each pool has; a pool without members is not in it. */
export function countPoolMembers(db: Db): Map<PoolId, number> {
  const rows = db
    .query<{ pool_id: PoolId; members: number }, []>(
      "SELECT pool_id, count(*) AS members FROM pool_members GROUP BY pool_id",
    )
    .all();
  return new Map(rows.map(({ pool_id, members }) => [pool_id, members]));
}

const nextPosition = (db: Db, poolId: PoolId): number =>
  db
    .query<{ position: number }, [string]>(
      "SELECT COALESCE(MAX(position), 0) + 1 AS position FROM pool_members WHERE pool_id = ?",
    )
    .get(poolId)?.position ?? 1;

import type { PoolId, ProfileId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { Db } from "./database.ts";
import { type LoopRow, toLoop } from "./loop-rows.ts";

/** The loops whose runs take slots of a profile. */
export const listLoopsUsingProfile = (db: Db, profileId: ProfileId): Loop[] =>
  db
    .query<LoopRow, [string]>(
      `SELECT * FROM loops WHERE id IN (SELECT loop_id FROM loop_runs WHERE profile_id = ? AND status = 'running')`,
    )
    .all(profileId)
    .map((row) => toLoop(row));

/** The loops that have not ended and are bound to a profile or a pool. */
export const listLoopsBoundTo = (db: Db, id: ProfileId | PoolId): Loop[] =>
  db
    .query<LoopRow, { id: string }>(
      `SELECT * FROM loops WHERE (profile_id = $id OR pool_id = $id) AND state IN ('running', 'sleeping', 'waiting')
       ORDER BY rowid`,
    )
    .all({ id })
    .map((row) => toLoop(row));

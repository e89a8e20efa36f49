import type { LoopId } from "../core/ids.ts";
import { LOOP_STATES, type LoopState } from "../core/loop-state.ts";
import type { LoopFilter } from "../core/selector.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { type LoopFilterParameters, loopFilterParameters, MATCHES_LOOP_FILTER } from "./loop-filter.ts";

/**
 * A loop as a table shows it. Every value is made by SQLite: a listing is read right after the start of a program, when
 * making hundreds of models in JavaScript takes longer than all of the rest.
 */
export interface ListedLoop {
  readonly id: LoopId;
  readonly shortId: string;
  readonly name: string;
  readonly state: LoopState;
  readonly repoPath: string;
  /** Rows of `loop_runs`. */
  readonly runs: string;
  /** Queue items that wait. */
  readonly pending: string;
  /** Empty for what is not there, as the other texts. */
  readonly profile: string;
  readonly pool: string;
  readonly waitUntil: string;
  readonly lastRun: string;
  readonly lastError: string;
  readonly waitKind: string;
  readonly waitReason: string;
  /** Failed runs in a row. */
  readonly failures: number;
  /** Since when its run gives no sign of life; null while it does. */
  readonly quietSince: Instant | null;
}

const KNOWN_STATES = LOOP_STATES.map((state) => `'${state}'`).join(", ");

const shownTime = (text: string): string => `coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', ${text}), '')`;

/** The loops that the filter leaves, oldest first, in one query. */
export const listForTable = (db: Db, filter: LoopFilter = {}): ListedLoop[] =>
  db
    .query<ListedLoop, LoopFilterParameters>(
      `SELECT loops.id AS id, coalesce(nullif(short_id, ''), substr(loops.id, 1, 8)) AS shortId, loops.name AS name,
         iif(state IN (${KNOWN_STATES}), state, 'stopped') AS state, repo_path AS repoPath,
         CAST((SELECT count(*) FROM loop_runs WHERE loop_id = loops.id) AS TEXT) AS runs,
         CAST((SELECT count(*) FROM loop_queue_items WHERE loop_id = loops.id AND status = 'pending') AS TEXT) AS pending,
         coalesce(profiles.name, '') AS profile, coalesce(pools.name, '') AS pool,
         iif(state = 'waiting' AND json_valid(loops.metadata_json),
           ${shownTime("json_extract(loops.metadata_json, '$.wait_until')")}, '') AS waitUntil,
         ${shownTime("last_run_at")} AS lastRun, coalesce(last_error, '') AS lastError,
         coalesce(wait_kind, '') AS waitKind, coalesce(wait_reason, '') AS waitReason,
         coalesce(consecutive_failures, 0) AS failures,
         iif(json_valid(retry_json), CAST(unixepoch(json_extract(retry_json, '$.quiet_since'), 'subsec') * 1000 AS INTEGER), NULL)
           AS quietSince
       FROM loops
       LEFT JOIN profiles ON profiles.id = loops.profile_id
       LEFT JOIN pools ON pools.id = loops.pool_id
       LEFT JOIN fx_loops ON fx_loops.loop_id = loops.id
       WHERE ${MATCHES_LOOP_FILTER}
       ORDER BY loops.created_at, loops.rowid`,
    )
    .all(loopFilterParameters(filter));

import type { LoopId, PoolId, ProfileId, RunId } from "../core/ids.ts";
import type { Outcome } from "../core/outcome.ts";
import type { RunStatus } from "../core/run.ts";
import type { RunReport } from "../core/run-report.ts";
import type { Instant } from "../core/time.ts";
import { timeOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { getRun } from "./loop-runs.ts";
import { findOutcome } from "./run-outcomes.ts";
import { findVerdict } from "./run-verdicts.ts";

/** Conditions on runs, all of which must hold; an absent one holds for every run. */
export interface RunFilter {
  readonly loopId?: LoopId | undefined;
  /** The profile that ran it. */
  readonly profileId?: ProfileId | undefined;
  /** The pool of its loop. */
  readonly poolId?: PoolId | undefined;
  readonly repoPath?: string | undefined;
  /** Empty: all. */
  readonly outcomes?: readonly Outcome[] | undefined;
  readonly status?: RunStatus | undefined;
  /** When it was started. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
}

interface ListedRun {
  id: RunId;
  loop_name: string;
  profile_name: string | null;
  harness: string | null;
}

const SELECT = `
  SELECT loop_runs.id, loops.name AS loop_name,
    COALESCE(fx_runs.profile_name, profiles.name) AS profile_name,
    COALESCE(fx_runs.harness, profiles.harness) AS harness
  FROM loop_runs
  JOIN loops ON loops.id = loop_runs.loop_id
  LEFT JOIN fx_runs ON fx_runs.run_id = loop_runs.id
  LEFT JOIN profiles ON profiles.id = loop_runs.profile_id
  LEFT JOIN fx_outcomes ON fx_outcomes.run_id = loop_runs.id`;

/** The newest runs that pass the filter, newest first; all of them with limit 0. */
export function listRunReports(db: Db, filter: RunFilter, limit: number): RunReport[] {
  // In the order in which they were stored: sorting all runs by time would cost more with each of them.
  const rows = db
    .query<ListedRun, Record<string, string | number | null>>(
      `${SELECT}
       WHERE ($loopId IS NULL OR loop_runs.loop_id = $loopId)
         AND ($profileId IS NULL OR loop_runs.profile_id = $profileId)
         AND ($poolId IS NULL OR loops.pool_id = $poolId)
         AND ($repoPath IS NULL OR loops.repo_path = $repoPath)
         AND ($outcomes IS NULL OR fx_outcomes.outcome IN (SELECT value FROM json_each($outcomes)))
         AND ($status IS NULL OR loop_runs.status = $status)
         AND ($since IS NULL OR loop_runs.started_at >= $since)
         AND ($until IS NULL OR loop_runs.started_at <= $until)
       ORDER BY loop_runs.rowid DESC LIMIT $limit`,
    )
    .all({
      loopId: filter.loopId ?? null,
      profileId: filter.profileId ?? null,
      poolId: filter.poolId ?? null,
      repoPath: filter.repoPath ?? null,
      outcomes: filter.outcomes?.length ? JSON.stringify(filter.outcomes) : null,
      status: filter.status ?? null,
      since: timeOrNull(filter.since),
      until: timeOrNull(filter.until),
      limit: limit === 0 ? -1 : limit,
    });
  return rows.map((row) => toReport(db, row));
}

/** Throws `loop run not found`. */
export function getRunReport(db: Db, id: RunId): RunReport {
  const row = db.query<ListedRun, [string]>(`${SELECT} WHERE loop_runs.id = ?`).get(id);
  return row ? toReport(db, row) : { run: getRun(db, id), loopName: "" };
}

const toReport = (db: Db, row: ListedRun): RunReport => ({
  run: getRun(db, row.id),
  loopName: row.loop_name,
  profileName: row.profile_name ?? undefined,
  harness: row.harness ?? undefined,
  outcome: findOutcome(db, row.id),
  verdict: findVerdict(db, row.id),
});

/** Ids that begin with a text, a few of them: enough to see that it is not unique. */
export const listRunIds = (db: Db, prefix: string): RunId[] =>
  db
    .query<{ id: RunId }, [string, string]>(
      "SELECT id FROM loop_runs WHERE id >= ? AND id < ? ORDER BY id LIMIT 10",
    )
    // No id has a character above this one.
    .all(prefix, `${prefix}\uffff`)
    .map(({ id }) => id);

import { notFound } from "../core/errors.ts";
import { type LoopId, newId, type ProfileId, type RunId } from "../core/ids.ts";
import { type LoopRun, type RunStatus, readRunStatus } from "../core/run.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import {
  flag,
  numberOrNull,
  readNumberColumn,
  readObjectColumn,
  readRequiredTime,
  readTextColumn,
  textOrNull,
  timeOrNull,
} from "./columns.ts";
import type { Db } from "./database.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface LoopRunRow {
  id: RunId;
  loop_id: LoopId;
  profile_id: ProfileId | null;
  status: string;
  prompt_source: string | null;
  prompt_path: string | null;
  prompt_override: number;
  started_at: string;
  finished_at: string | null;
  exit_code: number | null;
  output_tail: string | null;
  metadata_json: string | null;
}

const toLoopRun = (row: LoopRunRow): LoopRun => ({
  id: row.id,
  loopId: row.loop_id,
  profileId: readTextColumn(row.profile_id),
  status: readRunStatus(row.status),
  promptSource: readTextColumn(row.prompt_source),
  promptPath: readTextColumn(row.prompt_path),
  promptOverride: row.prompt_override === 1,
  startedAt: readRequiredTime(row.started_at),
  finishedAt: parseTime(row.finished_at),
  exitCode: readNumberColumn(row.exit_code),
  outputTail: readTextColumn(row.output_tail),
  metadata: readObjectColumn(row.metadata_json),
});

const runNotFound = () => notFound("loop run not found");

export type LoopRunDraft = Pick<LoopRun, "loopId"> & Partial<LoopRun>;

/** Stores a run, running since `now` unless the draft says otherwise. Runners use `claimRun`, which checks the slot too. */
export function createRun(db: Db, draft: LoopRunDraft, now: Instant): LoopRun {
  const run: LoopRun = {
    id: newId<RunId>(),
    status: "running",
    promptOverride: false,
    startedAt: now,
    ...draft,
  };
  inTransaction(db, () =>
    insertRow(db, "loop_runs", {
      id: run.id,
      loop_id: run.loopId,
      profile_id: textOrNull(run.profileId),
      status: run.status,
      prompt_source: textOrNull(run.promptSource),
      prompt_path: textOrNull(run.promptPath),
      prompt_override: flag(run.promptOverride),
      started_at: formatTime(run.startedAt),
      finished_at: timeOrNull(run.finishedAt),
      exit_code: numberOrNull(run.exitCode),
      output_tail: textOrNull(run.outputTail),
      metadata_json: run.metadata === undefined ? null : JSON.stringify(run.metadata),
    }),
  );
  return run;
}

export function findRun(db: Db, id: RunId): LoopRun | undefined {
  const row = db.query<LoopRunRow, [string]>("SELECT * FROM loop_runs WHERE id = ?").get(id);
  return row ? toLoopRun(row) : undefined;
}

/** Throws `loop run not found`. */
export function getRun(db: Db, id: RunId): LoopRun {
  const run = findRun(db, id);
  if (!run) throw runNotFound();
  return run;
}

/** The newest runs of a loop, newest first; all of them without a limit. */
export function listRuns(db: Db, loopId: LoopId, limit = -1): LoopRun[] {
  return db
    .query<LoopRunRow, [string, number]>(
      "SELECT * FROM loop_runs WHERE loop_id = ? ORDER BY started_at DESC, rowid DESC LIMIT ?",
    )
    .all(loopId, limit)
    .map(toLoopRun);
}

/** Runs that have not ended, whoever made them, oldest first. */
export function listRunningRuns(db: Db, loopId: LoopId): LoopRun[] {
  return db
    .query<LoopRunRow, [string]>(
      "SELECT * FROM loop_runs WHERE loop_id = ? AND status = 'running' ORDER BY started_at, rowid",
    )
    .all(loopId)
    .map(toLoopRun);
}

export const countRunsOfLoop = (db: Db, loopId: LoopId): number =>
  count(db, "SELECT count(*) AS n FROM loop_runs WHERE loop_id = ?", loopId);

/** How many slots of a profile are taken. */
export const countRunningByProfile = (db: Db, profileId: ProfileId): number =>
  count(db, "SELECT count(*) AS n FROM loop_runs WHERE profile_id = ? AND status = 'running'", profileId);

const count = (db: Db, sql: string, id: string): number =>
  db.query<{ n: number }, [string]>(sql).get(id)?.n ?? 0;

/** How many slots of each profile are taken; a profile without running runs is not in it. */
export function countRunningRuns(db: Db): Map<ProfileId, number> {
  const rows = db
    .query<{ profile_id: ProfileId; n: number }, []>(
      `SELECT profile_id, count(*) AS n FROM loop_runs
       WHERE status = 'running' AND profile_id IS NOT NULL GROUP BY profile_id`,
    )
    .all();
  return new Map(rows.map(({ profile_id, n }) => [profile_id, n]));
}

/** How a run ended. */
export interface RunEnd {
  status: RunStatus;
  exitCode?: number | undefined;
  /** The end of the output, without trailing newline. */
  outputTail?: string | undefined;
}

/** Writes the end of a run; its metadata stays. Throws `loop run not found`. */
export function finishRun(db: Db, id: RunId, end: RunEnd, now: Instant): void {
  const found = inTransaction(db, () =>
    updateRow(
      db,
      "loop_runs",
      { id },
      {
        status: end.status,
        finished_at: formatTime(now),
        exit_code: numberOrNull(end.exitCode),
        output_tail: textOrNull(end.outputTail),
      },
    ),
  );
  if (!found) throw runNotFound();
}

/**
 * Ends the runs of a loop that nobody follows any more: `killed`, exit code -9 where none is known. Frees their slots.
 * Returns how many there were.
 */
export function killRunningRuns(db: Db, loopId: LoopId, now: Instant): number {
  return inTransaction(
    db,
    () =>
      db
        .query(
          `UPDATE loop_runs SET status = 'killed', finished_at = ?, exit_code = COALESCE(exit_code, -9)
           WHERE loop_id = ? AND status = 'running'`,
        )
        .run(formatTime(now), loopId).changes,
  );
}

import { type RecordedVerdict, readAgentVerdict, type ToldVerdict } from "../core/agent-verdict.ts";
import type { LoopId, RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { runVerdict } from "../core/loop-events.ts";
import type { LoopRun } from "../core/run.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import { readRequiredTime, readTextColumn, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import { findRun } from "./loop-runs.ts";
import { upsertRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface VerdictRow {
  run_id: RunId;
  loop_id: LoopId;
  verdict: string;
  verdict_reason: string | null;
  verdict_at: string | null;
}

const SELECT = "SELECT run_id, loop_id, verdict, verdict_reason, verdict_at FROM fx_outcomes";

const toVerdict = (row: VerdictRow): RecordedVerdict => ({
  runId: row.run_id,
  loopId: row.loop_id,
  verdict: readAgentVerdict(row.verdict),
  reason: readTextColumn(row.verdict_reason),
  at: readRequiredTime(row.verdict_at),
});

/** What the agent of a run has said last. */
export function findVerdict(db: Db, runId: RunId): RecordedVerdict | undefined {
  const row = db.query<VerdictRow, [string]>(`${SELECT} WHERE run_id = ? AND verdict IS NOT NULL`).get(runId);
  return row ? toVerdict(row) : undefined;
}

/** The last verdict in a loop, or in all of them. */
export function findLastVerdict(db: Db, loopId?: LoopId): RecordedVerdict | undefined {
  const row = db
    .query<VerdictRow, { loopId: string | null }>(
      `${SELECT} WHERE verdict IS NOT NULL AND ($loopId IS NULL OR loop_id = $loopId)
       ORDER BY verdict_at DESC, rowid DESC LIMIT 1`,
    )
    .get({ loopId: loopId ?? null });
  return row ? toVerdict(row) : undefined;
}

/**
 * Stores what the agent of a run says, over what it said before, and tells `run.verdict`. False, with nothing written, when
 * the run has ended.
 */
export function recordVerdict(
  db: Db,
  loop: Pick<Loop, "id" | "name">,
  run: Pick<LoopRun, "id" | "profileId">,
  told: ToldVerdict,
  now: Instant,
): boolean {
  return inTransaction(db, () => {
    if (findRun(db, run.id)?.status !== "running") return false;
    upsertRow(
      db,
      "fx_outcomes",
      { run_id: run.id },
      {
        loop_id: loop.id,
        profile_id: textOrNull(run.profileId),
        verdict: told.verdict,
        verdict_reason: textOrNull(told.reason),
        verdict_at: formatTimeMillis(now),
      },
    );
    appendEvent(db, runVerdict(loop, run.id, told), now);
    return true;
  });
}

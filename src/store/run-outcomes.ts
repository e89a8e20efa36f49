import type { LoopId, ProfileId, RunId } from "../core/ids.ts";
import { readInteger, readNumber, readObjects, readText } from "../core/json.ts";
import {
  type CostSource,
  type Evidence,
  evidenceJson,
  type OutcomeRecord,
  readOutcome,
  type TokenCounts,
} from "../core/outcome.ts";
import { parseTime } from "../core/time.ts";
import {
  millisOrNull,
  numberOrNull,
  readNumberColumn,
  readObjectColumn,
  readRequiredTime,
  readTextColumn,
  textOrNull,
} from "./columns.ts";
import type { Db } from "./database.ts";
import { upsertRow } from "./statements.ts";

/** A row of `fx_outcomes` as far as it is read. */
interface OutcomeRow {
  run_id: RunId;
  loop_id: LoopId | null;
  profile_id: ProfileId | null;
  outcome: string | null;
  reason: string | null;
  reset_at: string | null;
  session_id: string | null;
  model: string | null;
  cli_version: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
  cost_micros: number | null;
  cost_source: CostSource | null;
  turns: number | null;
  duration_ms: number | null;
  first_output_ms: number | null;
  evidence_json: string | null;
  finished_at: string | null;
}

/** Stores what became of a run; part of its settlement. A row that was made while it went on keeps what else it holds. */
export function storeOutcome(db: Db, record: OutcomeRecord): void {
  const key = { run_id: record.runId };
  upsertRow(db, "fx_outcomes", key, outcomeColumns(record));
}

const outcomeColumns = (record: OutcomeRecord) => ({
  loop_id: textOrNull(record.loopId),
  profile_id: textOrNull(record.profileId),
  outcome: record.outcome,
  reason: textOrNull(record.reason),
  reset_at: millisOrNull(record.resetAt),
  session_id: textOrNull(record.sessionId),
  model: textOrNull(record.model),
  cli_version: textOrNull(record.cliVersion),
  input_tokens: numberOrNull(record.tokens?.input),
  output_tokens: numberOrNull(record.tokens?.output),
  cache_read_tokens: numberOrNull(record.tokens?.cacheRead),
  cache_write_tokens: numberOrNull(record.tokens?.cacheWrite),
  reasoning_tokens: numberOrNull(record.tokens?.reasoning),
  cost_micros: numberOrNull(record.costMicros),
  cost_source: record.costSource,
  turns: numberOrNull(record.turns),
  duration_ms: numberOrNull(record.durationMs),
  first_output_ms: numberOrNull(record.firstOutputMs),
  evidence_json: JSON.stringify(evidenceJson(record.evidence)),
  finished_at: millisOrNull(record.finishedAt),
});

/** Undefined for runs of other implementations, and for one that is not settled. */
export function findOutcome(db: Db, runId: RunId): OutcomeRecord | undefined {
  const row = db
    .query<OutcomeRow, [string]>("SELECT * FROM fx_outcomes WHERE run_id = ? AND outcome IS NOT NULL")
    .get(runId);
  return row ? toOutcomeRecord(row) : undefined;
}

/** The outcome of the last settled run of each of the loops. */
export function lastOutcomes(db: Db, loopIds: readonly LoopId[]): Map<LoopId, OutcomeRecord> {
  const query = db.query<OutcomeRow, [string]>(
    "SELECT * FROM fx_outcomes WHERE loop_id = ? AND outcome IS NOT NULL ORDER BY finished_at DESC LIMIT 1",
  );
  const found = new Map<LoopId, OutcomeRecord>();
  for (const loopId of loopIds) {
    const row = query.get(loopId);
    if (row) found.set(loopId, toOutcomeRecord(row));
  }
  return found;
}

/** The outcome of the last run of a profile that came to an end of its own. */
export function lastFinishedOutcome(db: Db, profileId: ProfileId): OutcomeRecord | undefined {
  const row = db
    .query<OutcomeRow, [string]>(
      `SELECT * FROM fx_outcomes WHERE profile_id = ? AND outcome IN ('ok', 'failed') ORDER BY finished_at DESC LIMIT 1`,
    )
    .get(profileId);
  return row ? toOutcomeRecord(row) : undefined;
}

const toOutcomeRecord = (row: OutcomeRow): OutcomeRecord => ({
  runId: row.run_id,
  loopId: readTextColumn(row.loop_id),
  profileId: readTextColumn(row.profile_id),
  outcome: readOutcome(row.outcome),
  reason: readTextColumn(row.reason),
  resetAt: parseTime(row.reset_at),
  sessionId: readTextColumn(row.session_id),
  model: readTextColumn(row.model),
  cliVersion: readTextColumn(row.cli_version),
  tokens: tokensOf(row),
  costMicros: readNumberColumn(row.cost_micros),
  costSource: row.cost_source ?? "none",
  turns: readNumberColumn(row.turns),
  durationMs: readNumberColumn(row.duration_ms),
  firstOutputMs: readNumberColumn(row.first_output_ms),
  evidence: readEvidence(row.evidence_json),
  finishedAt: readRequiredTime(row.finished_at),
});

function tokensOf(row: OutcomeRow): TokenCounts | undefined {
  if (row.input_tokens === null && row.output_tokens === null) return undefined;
  return {
    input: row.input_tokens ?? 0,
    output: row.output_tokens ?? 0,
    cacheRead: row.cache_read_tokens ?? 0,
    cacheWrite: row.cache_write_tokens ?? 0,
    reasoning: row.reasoning_tokens ?? 0,
  };
}

function readEvidence(text: string | null): Evidence {
  const value = readObjectColumn(text) ?? {};
  return {
    rule: readInteger(value.rule) ?? 0,
    exit: readNumber(value.exit),
    http: readNumber(value.http),
    resetSource: readText(value.reset_source),
    skippedLines: readNumber(value.skipped_lines),
    lines: readObjects(value.lines).map((line) => ({
      offset: readInteger(line.offset) ?? 0,
      text: readText(line.text) ?? "",
    })),
  };
}

import type { LoopId, PoolId, ProfileId } from "../core/ids.ts";
import type { Spend } from "../core/spend.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { ColumnValue } from "./columns.ts";
import type { Db } from "./database.ts";

/** The day in UTC under which sums are kept, `2026-01-02`. */
export const dayOf = (at: Instant): string => formatTime(at).slice(0, 10);

const DAY_MS = 86_400_000;

/** When the first day in UTC begins that lies as a whole behind a moment, or at it. */
export const firstWholeDay = (start: Instant): Instant => Math.ceil(start / DAY_MS) * DAY_MS;

/** What a run adds to a row of `fx_spend`. */
export interface SpendEntry extends Spend {
  /** Tokens that budgets count for a run which told none. */
  readonly assumedTokens: number;
}

const SUMS = {
  runs: "runs",
  input_tokens: "inputTokens",
  output_tokens: "outputTokens",
  cache_read_tokens: "cacheReadTokens",
  cache_write_tokens: "cacheWriteTokens",
  cost_micros: "costMicros",
  estimated_micros: "estimatedMicros",
  wall_ms: "wallMs",
  assumed_tokens: "assumedTokens",
} as const;

const SUM_COLUMNS = Object.keys(SUMS);

const ADD = `
  INSERT INTO fx_spend (day, loop_id, profile_id, model, repo_path, pool_id, ${SUM_COLUMNS.join(", ")})
  VALUES ($day, $loopId, $profileId, $model, $repoPath, $poolId, ${SUM_COLUMNS.map((column) => `$${column}`).join(", ")})
  ON CONFLICT (day, loop_id, profile_id, model) DO UPDATE SET
    repo_path = COALESCE(excluded.repo_path, repo_path), pool_id = COALESCE(excluded.pool_id, pool_id),
    ${SUM_COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(", ")}`;

/** Adds to the sums of a day; part of the settlement of a run. */
export function addSpend(db: Db, entry: SpendEntry): void {
  const { day, loopId, profileId, model, repoPath, poolId } = entry;
  const sums: Record<string, ColumnValue> = {};
  for (const [column, name] of Object.entries(SUMS)) sums[column] = entry[name];
  const place = { repoPath: repoPath || null, poolId: poolId || null };
  db.query(ADD).run({ day, loopId, profileId, model, ...place, ...sums });
}

/** Which sums are meant; an absent condition holds for all. */
export interface SpendFilter {
  /** First and last day, `2026-01-02`. */
  readonly from: string;
  readonly to: string;
  readonly loopId?: LoopId | undefined;
  readonly profileId?: ProfileId | undefined;
  readonly poolId?: PoolId | undefined;
  readonly repoPath?: string | undefined;
  readonly model?: string | undefined;
}

interface SpendRow extends Record<keyof typeof SUMS, number> {
  day: string;
  loop_id: LoopId | "";
  profile_id: ProfileId | "";
  model: string;
  repo_path: string | null;
  pool_id: PoolId | null;
}

const toSpend = (row: SpendRow): Spend => ({
  day: row.day,
  loopId: row.loop_id,
  profileId: row.profile_id,
  model: row.model,
  repoPath: row.repo_path ?? "",
  poolId: row.pool_id ?? "",
  runs: row.runs,
  inputTokens: row.input_tokens,
  outputTokens: row.output_tokens,
  cacheReadTokens: row.cache_read_tokens,
  cacheWriteTokens: row.cache_write_tokens,
  costMicros: row.cost_micros,
  estimatedMicros: row.estimated_micros,
  wallMs: row.wall_ms,
});

export const listSpend = (db: Db, filter: SpendFilter): Spend[] =>
  db
    .query<SpendRow, Record<string, string | null>>(
      `SELECT * FROM fx_spend WHERE day >= $from AND day <= $to AND runs <> 0
         AND ($loopId IS NULL OR loop_id = $loopId) AND ($profileId IS NULL OR profile_id = $profileId)
         AND ($poolId IS NULL OR pool_id = $poolId) AND ($repoPath IS NULL OR repo_path = $repoPath)
         AND ($model IS NULL OR model = $model)
       ORDER BY day, loop_id, profile_id, model`,
    )
    .all({
      from: filter.from,
      to: filter.to,
      loopId: filter.loopId ?? null,
      profileId: filter.profileId ?? null,
      poolId: filter.poolId ?? null,
      repoPath: filter.repoPath ?? null,
      model: filter.model ?? null,
    })
    .map(toSpend);

/** The loop with this id, also one that is gone, if it has used anything. */
export const findSpender = (db: Db, id: string): LoopId | undefined =>
  db.query<{ loop_id: LoopId }, [string]>("SELECT loop_id FROM fx_spend WHERE loop_id = ? LIMIT 1").get(id)
    ?.loop_id;

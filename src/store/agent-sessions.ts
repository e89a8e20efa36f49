import type { LoopId, ProfileId } from "../core/ids.ts";
import type { OutcomeDraft } from "../core/outcome.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import { numberOrNull, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";

/** Whose session it is. */
export interface SessionOwner {
  readonly harness: string;
  readonly loopId: LoopId;
  readonly profileId?: ProfileId | undefined;
}

interface Totals {
  readonly total_input: number | null;
  readonly total_output: number | null;
  readonly total_cost_micros: number | null;
  readonly total_cache_read: number | null;
  readonly total_cache_write: number | null;
}

/** What is counted by session: told totals of it, less what earlier runs of it were charged with. */
type SessionFigures = Pick<OutcomeDraft, "sessionId" | "tokens" | "costMicros">;

/** The figures of this run alone, where its CLI tells totals of the whole session. */
export function withoutEarlierRuns<Figures extends SessionFigures>(
  db: Db,
  figures: Figures,
  harness: string,
): Figures {
  const { sessionId, tokens, costMicros } = figures;
  if (sessionId === undefined || tokens === undefined) return figures;
  const before = db
    .query<Totals, [string, string]>(
      `SELECT total_input, total_output, total_cost_micros, total_cache_read, total_cache_write
       FROM fx_sessions WHERE harness = ? AND session_id = ?`,
    )
    .get(harness, sessionId);
  if (before === null) return figures;
  return {
    ...figures,
    tokens: {
      ...tokens,
      input: since(before.total_input, tokens.input),
      output: since(before.total_output, tokens.output),
      cacheRead: since(before.total_cache_read, tokens.cacheRead),
      cacheWrite: since(before.total_cache_write, tokens.cacheWrite),
    },
    costMicros: costMicros === undefined ? undefined : since(before.total_cost_micros, costMicros),
  };
}

/**
 * The outcome with what this run alone has used, where its CLI tells totals of the whole session, and remembers the totals
 * for the next run of the session (spec/15 section 3). Part of a settlement.
 */
export function chargeSession(
  db: Db,
  outcome: OutcomeDraft,
  { harness, loopId, profileId }: SessionOwner,
  now: Instant,
): OutcomeDraft {
  const { sessionId, tokens, costMicros } = outcome;
  if (sessionId === undefined || tokens === undefined) return outcome;
  const charged = withoutEarlierRuns(db, outcome, harness);
  db.query(
    `INSERT INTO fx_sessions (harness, session_id, profile_id, loop_id, total_input, total_output, total_cost_micros,
       total_cache_read, total_cache_write, updated_at)
     VALUES ($harness, $sessionId, $profileId, $loopId, $input, $output, $cost, $cacheRead, $cacheWrite, $now)
     ON CONFLICT (harness, session_id) DO UPDATE SET profile_id = excluded.profile_id, loop_id = excluded.loop_id,
       total_input = excluded.total_input, total_output = excluded.total_output,
       total_cost_micros = excluded.total_cost_micros, total_cache_read = excluded.total_cache_read,
       total_cache_write = excluded.total_cache_write, updated_at = excluded.updated_at`,
  ).run({
    harness,
    sessionId,
    profileId: textOrNull(profileId),
    loopId,
    input: tokens.input,
    output: tokens.output,
    cost: numberOrNull(costMicros),
    cacheRead: tokens.cacheRead,
    cacheWrite: tokens.cacheWrite,
    now: formatTimeMillis(now),
  });
  return charged;
}

/** What was added to a total; a smaller one has begun anew. */
const since = (before: number | null, total: number): number =>
  before === null || total < before ? total : total - before;

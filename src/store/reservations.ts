import { type BudgetedRun, type BudgetUnit, readUnit } from "../core/budget.ts";
import type { LoopId, PoolId, ProfileId, RunId } from "../core/ids.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";
import { textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { addSpend, dayOf, type SpendEntry } from "./spend.ts";
import { insertRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/** What was set aside of one unit for a run. */
export interface Reservation {
  readonly runId: RunId;
  readonly unit: BudgetUnit;
  readonly run: BudgetedRun;
  readonly amount: number;
  /** Undefined while the run goes on. */
  readonly settledAt: Instant | undefined;
  /** What it was charged with; while it goes on, what it is known to have used. */
  readonly actual: number | undefined;
}

interface ReservationRow {
  run_id: RunId;
  unit: string;
  profile_id: ProfileId | null;
  loop_id: LoopId;
  amount: number;
  settled_at: string | null;
  actual: number | null;
  repo_path: string | null;
  pool_id: PoolId | null;
}

const toReservation = (row: ReservationRow): Reservation => ({
  runId: row.run_id,
  unit: readUnit(row.unit),
  run: {
    loopId: row.loop_id,
    profileId: row.profile_id ?? undefined,
    poolId: row.pool_id ?? undefined,
    repoPath: row.repo_path ?? "",
  },
  amount: row.amount,
  settledAt: parseTime(row.settled_at),
  actual: row.actual ?? undefined,
});

/** Sets an amount aside for a run; part of its claim. */
export function insertReservation(
  db: Db,
  runId: RunId,
  { loopId, profileId, poolId, repoPath }: BudgetedRun,
  { unit, amount }: Pick<Reservation, "unit" | "amount">,
  now: Instant,
): void {
  insertRow(db, "fx_reservations", {
    run_id: runId,
    unit,
    profile_id: textOrNull(profileId),
    loop_id: loopId,
    amount,
    created_at: formatTimeMillis(now),
    repo_path: textOrNull(repoPath),
    pool_id: textOrNull(poolId),
  });
}

/** Of one run, settled or not. */
export const listReservations = (db: Db, runId: RunId): Reservation[] =>
  db
    .query<ReservationRow, [string]>("SELECT * FROM fx_reservations WHERE run_id = ? ORDER BY unit")
    .all(runId)
    .map(toReservation);

/** Charges a run with what it has used. */
export function settleReservation(db: Db, runId: RunId, unit: BudgetUnit, actual: number, at: Instant): void {
  db.query(
    "UPDATE fx_reservations SET actual = $actual, settled_at = $at WHERE run_id = $runId AND unit = $unit",
  ).run({
    runId,
    unit,
    actual,
    at: formatTimeMillis(at),
  });
}

/** Notes what a run that goes on has used so far: it counts where that is more than what was set aside. */
export function noteUse(db: Db, runId: RunId, use: Readonly<Record<BudgetUnit, number>>): void {
  const note = db.query(
    "UPDATE fx_reservations SET actual = $used WHERE run_id = $runId AND unit = $unit AND settled_at IS NULL",
  );
  for (const unit of ["usd", "tokens"] as const) note.run({ runId, unit, used: use[unit] });
}

/** Loops that have something set aside for a run. */
export const listReservingLoops = (db: Db): LoopId[] =>
  db
    .query<{ loop_id: LoopId }, []>("SELECT DISTINCT loop_id FROM fx_reservations WHERE settled_at IS NULL")
    .all()
    .map(({ loop_id }) => loop_id);

/**
 * Settles what is still set aside for runs that are over or gone and that nobody has settled: with the whole of it, as
 * nobody knows better. Should the run be settled after all, that is taken back. Returns how many runs there were.
 */
export function settleLostReservations(db: Db, now: Instant): number {
  return inTransaction(db, () => {
    const lost = db
      .query<ReservationRow, []>(
        `SELECT r.* FROM fx_reservations AS r LEFT JOIN loop_runs AS l ON l.id = r.run_id
         WHERE r.settled_at IS NULL AND (l.id IS NULL OR l.status <> 'running')`,
      )
      .all()
      .map(toReservation);
    const runs = Map.groupBy(lost, ({ runId }) => runId);
    for (const reservations of runs.values()) {
      for (const { runId, unit, amount } of reservations) settleReservation(db, runId, unit, amount, now);
      addSpend(db, assumedSpend(reservations, now, 1));
    }
    return runs.size;
  });
}

/** Takes back what `settleLostReservations` has charged a run with that is settled now. */
export function takeBackAssumed(db: Db, reservations: readonly Reservation[]): void {
  const [first] = reservations;
  if (first?.settledAt !== undefined) addSpend(db, assumedSpend(reservations, first.settledAt, -1));
}

function assumedSpend(reservations: readonly Reservation[], at: Instant, sign: 1 | -1): SpendEntry {
  const of = (unit: BudgetUnit) => sign * (reservations.find((one) => one.unit === unit)?.amount ?? 0);
  const run = reservations[0]?.run;
  return {
    day: dayOf(at),
    loopId: run?.loopId ?? "",
    profileId: run?.profileId ?? "",
    model: "",
    repoPath: run?.repoPath ?? "",
    poolId: run?.poolId ?? "",
    runs: sign,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costMicros: of("usd"),
    estimatedMicros: of("usd"),
    wallMs: of("time"),
    assumedTokens: of("tokens"),
  };
}

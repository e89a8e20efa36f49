import { type Budget, type BudgetUnit, scopeOf } from "../core/budget.ts";
import { type Period, periodAt } from "../core/budget-period.ts";
import type { BudgetUse } from "../core/budget-use.ts";
import type { RunId } from "../core/ids.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { dayOf, firstWholeDay } from "./spend.ts";

/** How much of a budget is used now. Nothing of one that counts each run by itself. */
export function budgetUse(db: Db, budget: Budget, now: Instant, zone: string): BudgetUse {
  const period = periodAt(budget, now, zone);
  if (budget.scope === "run") return { budget, period, used: 0, reserved: 0 };
  return { budget, period, used: spentIn(db, budget, period), reserved: reservedIn(db, budget) };
}

/** Sums are kept by UTC day; of a first day that the period does not take as a whole the runs are looked at one by one. */
function spentIn(db: Db, budget: Budget, { start }: Period): number {
  if (start === undefined) return spentSince(db, budget, "");
  const whole = firstWholeDay(start);
  const partial = whole > start ? spentBetween(db, budget, start, whole) : 0;
  return partial + spentSince(db, budget, dayOf(whole));
}

type Column = "loop_id" | "profile_id" | "pool_id" | "repo_path";

/** The column by which a scope is told; none for all. */
function columnOf(budget: Budget): Column | undefined {
  switch (scopeOf(budget).scope) {
    case "loop":
      return "loop_id";
    case "profile":
      return "profile_id";
    case "pool":
      return "pool_id";
    case "repo":
      return "repo_path";
    default:
      return undefined;
  }
}

const condition = (column: Column | undefined, of = ""): string =>
  column === undefined ? "$ref = ''" : `${of}${column} = $ref`;

const SPENT: Readonly<Record<BudgetUnit, string>> = {
  usd: "cost_micros",
  tokens: "input_tokens + output_tokens + cache_write_tokens + assumed_tokens",
  runs: "runs",
  time: "wall_ms",
};

const spentSince = (db: Db, budget: Budget, day: string): number =>
  sum(
    db,
    `SELECT sum(${SPENT[budget.unit]}) AS n FROM fx_spend WHERE day >= $day AND ${condition(columnOf(budget))}`,
    { day, ref: scopeOf(budget).ref },
  );

const FIGURE: Readonly<Record<BudgetUnit, string>> = {
  usd: "cost_micros",
  tokens: "input_tokens + output_tokens + COALESCE(cache_write_tokens, 0)",
  runs: "1",
  time: "duration_ms",
};

/** What a run was charged with in the end, where it had a reservation; else its own figure. Then runs that nobody saw end. */
function spentBetween(db: Db, budget: Budget, from: Instant, to: Instant): number {
  const column = columnOf(budget);
  const inScope =
    column === "pool_id" || column === "repo_path"
      ? `EXISTS (SELECT 1 FROM fx_spend WHERE day = substr(o.finished_at, 1, 10) AND loop_id = o.loop_id AND ${column} = $ref)`
      : condition(column, "o.");
  const values = {
    ref: scopeOf(budget).ref,
    unit: budget.unit,
    from: formatTimeMillis(from),
    to: formatTimeMillis(to),
  };
  const ended = `
    SELECT sum(COALESCE(r.actual, ${FIGURE[budget.unit]}, 0)) AS n FROM fx_outcomes AS o
    LEFT JOIN fx_reservations AS r ON r.run_id = o.run_id AND r.unit = $unit AND r.settled_at IS NOT NULL
    WHERE o.finished_at >= $from AND o.finished_at < $to AND ${inScope}`;
  const lost = `
    SELECT sum(actual) AS n FROM fx_reservations AS r
    WHERE unit = $unit AND settled_at >= $from AND settled_at < $to AND ${condition(column)}
      AND NOT EXISTS (SELECT 1 FROM fx_outcomes WHERE run_id = r.run_id AND finished_at IS NOT NULL)`;
  return sum(db, ended, values) + sum(db, lost, values);
}

export interface OpenReservation {
  run_id: RunId;
  created_at: string;
  amount: number;
  /** What the run is known to have used. */
  actual: number | null;
}

/** What is set aside in the scope and unit of a budget for runs that go on. */
export const openReservations = (db: Db, budget: Budget): OpenReservation[] =>
  db
    .query<OpenReservation, { unit: string; ref: string }>(
      `SELECT run_id, created_at, amount, actual FROM fx_reservations
       WHERE unit = $unit AND settled_at IS NULL AND ${condition(columnOf(budget))}`,
    )
    .all({ unit: budget.unit, ref: scopeOf(budget).ref });

/** A run that has used more than was set aside for it counts with what it has used. */
const reservedIn = (db: Db, budget: Budget): number =>
  openReservations(db, budget).reduce((sum, { amount, actual }) => sum + Math.max(amount, actual ?? 0), 0);

const sum = (db: Db, sql: string, values: Record<string, string>): number =>
  db.query<{ n: number | null }, Record<string, string>>(sql).get(values)?.n ?? 0;

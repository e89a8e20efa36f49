import type { BudgetedRun, BudgetUnit } from "../core/budget.ts";
import { MEDIAN_OF, median, type UsualAmount, type UsualUse } from "../core/budget-use.ts";
import { toMicros } from "../core/outcome.ts";
import type { Db } from "./database.ts";

/** What is set aside for a run of which nothing is known. */
export interface BudgetRules {
  /** Where days, weeks and months begin. */
  readonly timezone: string;
  readonly defaultReserveUsd: number;
}

const DEFAULT_TOKENS = 50_000;
const DEFAULT_MS = 600_000;

type Measured = Exclude<BudgetUnit, "runs">;

const FIGURES: Readonly<Record<Measured, string>> = {
  usd: "cost_micros",
  tokens: "input_tokens + output_tokens + COALESCE(cache_write_tokens, 0)",
  time: "duration_ms",
};

/** Runs behind the newest are not looked through for figures. */
const LOOKS_BACK = 200;

type Whose = "loop_id" | "profile_id" | undefined;

/**
 * What runs usually take: the median of the last settled runs of the loop that came to an end of their own, else of the
 * profile, else of all, else a default (spec/15 section 5.2).
 */
export function usualUse(
  db: Db,
  run: Pick<BudgetedRun, "loopId" | "profileId">,
  rules: BudgetRules,
): UsualUse {
  const known = new Map<BudgetUnit, UsualAmount>();
  return (unit) => {
    const usual = known.get(unit) ?? measure(db, run, unit, rules);
    known.set(unit, usual);
    return usual;
  };
}

function measure(
  db: Db,
  { loopId, profileId }: Pick<BudgetedRun, "loopId" | "profileId">,
  unit: BudgetUnit,
  rules: BudgetRules,
): UsualAmount {
  if (unit === "runs") return { amount: 1, isGuess: false };
  const known =
    median(lastFigures(db, unit, "loop_id", loopId)) ??
    (profileId === undefined ? undefined : median(lastFigures(db, unit, "profile_id", profileId))) ??
    median(lastFigures(db, unit, undefined, ""));
  return { amount: known ?? defaultOf(unit, rules), isGuess: known === undefined };
}

function defaultOf(unit: Measured, { defaultReserveUsd }: BudgetRules): number {
  if (unit === "usd") return toMicros(defaultReserveUsd);
  return unit === "tokens" ? DEFAULT_TOKENS : DEFAULT_MS;
}

const lastFigures = (db: Db, unit: Measured, whose: Whose, id: string): number[] =>
  db
    .query<{ figure: number }, { id: string }>(
      `SELECT figure FROM (
         SELECT outcome, ${FIGURES[unit]} AS figure, finished_at FROM fx_outcomes
         WHERE ${whose === undefined ? "$id = ''" : `${whose} = $id`} ORDER BY finished_at DESC LIMIT ${LOOKS_BACK}
       ) WHERE outcome IN ('ok', 'failed') AND figure IS NOT NULL ORDER BY finished_at DESC LIMIT ${MEDIAN_OF}`,
    )
    .all({ id })
    .map(({ figure }) => figure);

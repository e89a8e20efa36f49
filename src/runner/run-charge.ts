import { readPrices } from "../config/price-file.ts";
import type { Loop } from "../core/loop.ts";
import type { ToldOutcome } from "../core/outcome.ts";
import type { RunCharge } from "../store/charge-run.ts";
import { budgetedRun } from "./budgeted-run.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { Session } from "./session.ts";

/**
 * How a run is charged with what it has used; asked with the loop as it is when the run is settled. Prices are read before
 * that, and only for a run whose cost nobody has told.
 */
export function chargeFor(
  { deps }: Session,
  { tokens, costMicros }: ToldOutcome,
  { ran }: RunOutcome,
): (loop: Loop) => RunCharge {
  const isTold = tokens === undefined || costMicros !== undefined;
  const prices = isTold ? [] : readPrices(deps.config).table;
  return (loop) => ({
    prices,
    poolId: budgetedRun(deps.db, deps.config, loop).poolId,
    hasRun: ran,
    budgets: deps.config.budget,
  });
}

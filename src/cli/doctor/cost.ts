import type { Config } from "../../config/config.ts";
import { readPrices } from "../../config/price-file.ts";
import { type Check, checksOf } from "../../core/doctor-report.ts";
import { type PriceTable, priceOf } from "../../core/prices.ts";
import { idleConfigBudgets } from "../../runner/config-budgets.ts";
import { listBudgets } from "../../store/budgets.ts";
import type { Db } from "../../store/database.ts";
import { hasTable } from "../../store/migration-series.ts";
import { listProfiles } from "../../store/profiles.ts";
import { lastFinishedOutcome } from "../../store/run-outcomes.ts";

const { warn } = checksOf("config");

/** Prices and budgets that do not hold what they promise; nothing where all is well. */
export function costChecks(config: Config, db: Db | undefined): Check[] {
  const { table, problems } = readPrices(config);
  const prices = problems.length === 0 ? [] : [warn("prices", `prices.yaml: ${problems.join("; ")}`)];
  // The doctor migrates nothing: an older file may not have them yet.
  if (db === undefined || !hasTable(db, "fx_budgets")) return prices;
  const doubts = [...idleBudgets(config, db), ...profilesWithoutCost(db, table)];
  return doubts.length === 0 ? prices : [...prices, warn("budgets", doubts.join("; "))];
}

const idleBudgets = (config: Config, db: Db): string[] =>
  idleConfigBudgets(db, config.budgets).map(
    ({ scope, ref, amount }) =>
      `the budget of ${amount} is for ${scope} ${JSON.stringify(ref)}, which is not there`,
  );

/** Profiles whose last run has told no cost and could not be priced: budgets in dollars count estimates for them. */
function profilesWithoutCost(db: Db, prices: PriceTable): string[] {
  if (!listBudgets(db).some(({ unit }) => unit === "usd")) return [];
  return listProfiles(db).flatMap(({ id, name, model: ownModel }) => {
    const last = lastFinishedOutcome(db, id);
    if (last === undefined || last.costMicros !== undefined) return [];
    const model = last.model ?? ownModel;
    if (model && priceOf(prices, model)) return [];
    return model
      ? `profile ${name} reports no cost and model ${model} has no price`
      : `profile ${name} reports no cost, and its model is not known`;
  });
}

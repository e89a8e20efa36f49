import type { Config } from "../config/config.ts";
import type { BudgetedRun } from "../core/budget.ts";
import type { Loop } from "../core/loop.ts";
import type { Db } from "../store/database.ts";
import { poolOf } from "./profile-selection.ts";

/** A run of a loop as budgets see it, before a profile is chosen. */
export const budgetedRun = (db: Db, config: Pick<Config, "defaultPool">, loop: Loop): BudgetedRun => ({
  loopId: loop.id,
  profileId: loop.profileId,
  poolId: loop.profileId ? undefined : poolOf(db, config, loop)?.id,
  repoPath: loop.repoPath,
});

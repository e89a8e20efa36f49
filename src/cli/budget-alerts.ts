import { reachedText, useState } from "../core/budget-use.ts";
import type { FleetAlert } from "../core/fleet-status.ts";
import type { Instant } from "../core/time.ts";
import { budgetUse } from "../store/budget-sums.ts";
import { listBudgets } from "../store/budgets.ts";
import type { Db } from "../store/database.ts";

/** An alert for each budget that is reached, for as long as its period lasts (spec/15 section 5.1). */
export const budgetAlerts = (db: Db, now: Instant, zone: string): FleetAlert[] =>
  listBudgets(db)
    .map((budget) => budgetUse(db, budget, now, zone))
    .filter((use) => useState(use) === "reached")
    .map((use) => ({
      severity: "warning",
      type: "usage_limit",
      message: reachedText(use).replace(/^b/, "B"),
      agentId: "",
      // It holds now, and stands before the loops that wait because of it.
      createdAt: now,
      comesFirst: false,
    }));

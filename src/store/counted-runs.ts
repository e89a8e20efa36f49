import { scopeOf } from "../core/budget.ts";
import { periodAt } from "../core/budget-period.ts";
import { formatTimeMillis, type Instant } from "../core/time.ts";
import { listBudgets } from "./budgets.ts";
import type { Db } from "./database.ts";
import { firstWholeDay } from "./spend.ts";

/**
 * The times of which budgets count each run by itself now, because no sum of a day tells of them, as JSON for `countsNow`: an
 * hour, and the beginning of a day in another zone. What runs of these times have used must outlive the runs and their loops.
 */
export const countedTimes = (db: Db, now: Instant, zone: string): string =>
  JSON.stringify(
    listBudgets(db).flatMap((budget) => {
      const { start } = periodAt(budget, now, zone);
      if (budget.scope === "run" || start === undefined || firstWholeDay(start) === start) return [];
      const { scope, ref } = scopeOf(budget);
      const times = { from: formatTimeMillis(start), to: formatTimeMillis(firstWholeDay(start)) };
      return [{ ...times, loop: scope === "loop" ? ref : null }];
    }),
  );

/** A condition of SQL for rows with a `loop_id`, by their time and the parameter `$counted`. */
export const countsNow = (time: string): string =>
  `EXISTS (SELECT 1 FROM json_each($counted) AS t WHERE ${time} >= t.value ->> 'from'
     AND ${time} < t.value ->> 'to' AND COALESCE(t.value ->> 'loop', loop_id) = loop_id)`;

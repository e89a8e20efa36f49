import { reachedText, shareText } from "../core/budget-use.ts";
import type { BudgetNotice } from "../store/budget-notices.ts";

/** What the log of a loop says of budgets that its run has brought to their warning or their end. */
export const budgetLines = (notices: readonly BudgetNotice[]): string[] =>
  notices.flatMap(({ type, use }) => {
    if (type === "budget.reached") return reachedText(use);
    const isReached = notices.some((other) => other.type === "budget.reached" && other.use === use);
    return isReached ? [] : `budget ${use.budget.id} nearly reached (${shareText(use)})`;
  });

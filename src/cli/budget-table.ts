import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { amountFigure, amountText } from "../core/budget-amount.ts";
import { type BudgetUse, leftOf, useState } from "../core/budget-use.ts";
import { scopeText } from "./budget-scope.ts";

const HEADER = ["ID", "SCOPE", "PERIOD", "LIMIT", "USED", "RESERVED", "LEFT", "ACTION", "STATE"];

/** Budgets as `forge budget ls` shows them to people (spec/15 section 5.3). */
export const budgetTable = (budgets: readonly { readonly use: BudgetUse; readonly name: string }[]): string =>
  table(
    HEADER,
    budgets.map(({ use, name }) => {
      const { budget, used, reserved } = use;
      const figure = (amount: number) => amountFigure(budget.unit, amount);
      const isEachRun = budget.scope === "run";
      return [
        budget.id,
        printable(scopeText(budget, name)),
        budget.period,
        amountText(budget.unit, budget.amount),
        ...(isEachRun ? ["-", "-", "-"] : [figure(used), figure(reserved), figure(leftOf(use))]),
        budget.action,
        useState(use),
      ];
    }),
  );

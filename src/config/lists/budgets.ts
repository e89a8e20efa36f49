import { text } from "../forms.ts";
import { readElements } from "./fields.ts";
import type { ListForm } from "./lists.ts";
import { required, unless } from "./problems.ts";

const SCOPES = ["run", "loop", "profile", "pool", "repo", "all"];
const PERIODS = ["run", "hour", "day", "week", "month", "total"];
const ACTIONS = ["soft", "hard", "kill"];

/** An element of `budgets` (spec/15 section 5). */
export interface ConfigBudget {
  readonly scope: string;
  /** Name or id of what the scope means; empty for `run` and `all`. */
  readonly ref: string;
  readonly per: string;
  /** As written: `$10`, `2M tokens`, `20 runs`, `6h`. */
  readonly amount: string;
  readonly action: string;
}

export const budgets: ListForm<ConfigBudget> = {
  read: (raw, at, context) =>
    readElements(raw, at, context, (fields) => ({
      scope: fields.text("scope"),
      ref: fields.text("ref"),
      per: fields.value("per", text, "day"),
      amount: fields.text("amount"),
      action: fields.value("action", text, "hard"),
    })),

  *problems(elements, list) {
    for (const [index, budget] of elements.entries()) {
      const at = (field: string) => [...list, index, field];
      yield* required(budget.scope, at("scope"));
      yield* unless(SCOPES.includes(budget.scope), at("scope"), `must be one of ${SCOPES.join(", ")}`);
      yield* unless(PERIODS.includes(budget.per), at("per"), `must be one of ${PERIODS.join(", ")}`);
      yield* required(budget.amount, at("amount"));
      yield* unless(ACTIONS.includes(budget.action), at("action"), `must be one of ${ACTIONS.join(", ")}`);
    }
  },

  show: (budget) => budget,
};

import { BUDGET_ACTIONS, BUDGET_PERIODS, BUDGET_SCOPES } from "../../core/budget.ts";
import { parseBudgetAmount } from "../../core/budget-amount.ts";
import { isOneOf } from "../../core/enum.ts";
import { toForgeError } from "../../core/errors.ts";
import { path, text } from "../forms.ts";
import { type KeyPath, keyPathText } from "../problem.ts";
import { readElements } from "./fields.ts";
import type { ListForm } from "./lists.ts";
import { type Problems, required, unless } from "./problems.ts";

/** An element of `budgets` (spec/15 section 5). */
export interface ConfigBudget {
  readonly scope: string;
  /** Name or id of what the scope means; empty for `all`; for each `run` of something `loop:<name>`, or empty. */
  readonly ref: string;
  readonly per: string;
  /** As written: `$10`, `2M tokens`, `20 runs`, `6h`. */
  readonly amount: string;
  readonly action: string;
}

export const budgets: ListForm<ConfigBudget> = {
  read: (raw, at, context) =>
    readElements(raw, at, context, (fields) => {
      const scope = fields.text("scope");
      const isEachRun = scope === "run";
      return {
        scope,
        // A place of the file is made absolute, as everywhere in it.
        ref: scope === "repo" ? fields.value("ref", path, "") : fields.text("ref"),
        per: fields.value("per", text, isEachRun ? "run" : "day"),
        amount: fields.text("amount"),
        action: fields.value("action", text, isEachRun ? "kill" : "hard"),
      };
    }),

  *problems(elements, list) {
    for (const [index, budget] of elements.entries()) {
      const at = (field: string) => [...list, index, field];
      yield* required(budget.scope, at("scope"));
      yield* among(BUDGET_SCOPES, budget.scope, at("scope"));
      yield* among(BUDGET_PERIODS, budget.per, at("per"));
      const isEachRun = budget.scope === "run";
      yield* unless(
        isEachRun === (budget.per === "run"),
        at("per"),
        "must be run for the scope run, and for no other",
      );
      yield* required(budget.amount, at("amount"));
      yield* amountProblem(budget.amount, at("amount"));
      yield* among(BUDGET_ACTIONS, budget.action, at("action"));
      yield* unless(
        !isEachRun || budget.action !== "hard",
        at("action"),
        "must be soft or kill for the scope run",
      );
    }
  },

  show: (budget) => budget,
};

const among = (words: readonly string[], word: string, at: KeyPath): Problems =>
  unless(isOneOf(words, word), at, `must be one of ${words.join(", ")}`);

function* amountProblem(amount: string, at: KeyPath): Problems {
  try {
    parseBudgetAmount(amount);
  } catch (thrown) {
    yield { at, message: `${keyPathText(at)}: ${toForgeError(thrown).message}` };
  }
}

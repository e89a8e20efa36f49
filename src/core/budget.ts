import { enumReader } from "./enum.ts";
import type { LoopId, PoolId, ProfileId } from "./ids.ts";
import type { Instant } from "./time.ts";

/** Whose runs a budget counts (spec/15 section 5.1); `run`: each run by itself. */
export const BUDGET_SCOPES = ["run", "loop", "profile", "pool", "repo", "all"] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

export const BUDGET_PERIODS = ["run", "hour", "day", "week", "month", "total"] as const;
/** Over which time; `run` only with the scope of that name. */
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

export const BUDGET_UNITS = ["usd", "tokens", "runs", "time"] as const;
/** Amounts are whole millionths of a dollar, tokens, runs, and milliseconds. */
export type BudgetUnit = (typeof BUDGET_UNITS)[number];

export const BUDGET_ACTIONS = ["soft", "hard", "kill"] as const;
/** What a budget does: tell; keep runs from starting; and end those that go on, too. */
export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

export const BUDGET_MAKERS = ["config", "cli", "up"] as const;
/** `up`: a limit of one loop, counted from its start, at which it stops. */
export type BudgetMaker = (typeof BUDGET_MAKERS)[number];

export const readScope = enumReader(BUDGET_SCOPES, "all");
export const readPeriod = enumReader(BUDGET_PERIODS, "day");
export const readUnit = enumReader(BUDGET_UNITS, "usd");
export const readAction = enumReader(BUDGET_ACTIONS, "hard");
export const readMaker = enumReader(BUDGET_MAKERS, "cli");

/** What makes a budget the one it is: setting another one with the same replaces it. */
export interface BudgetKey {
  readonly scope: BudgetScope;
  /** Id of loop, profile or pool, path of the repository; for each run of one of those `loop:<id>`; else empty. */
  readonly scopeRef: string;
  readonly period: BudgetPeriod;
  readonly unit: BudgetUnit;
  readonly action: BudgetAction;
}

/** A row of `fx_budgets`. */
export interface Budget extends BudgetKey {
  /** `b3` */
  readonly id: string;
  readonly amount: number;
  readonly createdBy: BudgetMaker;
  readonly createdAt: Instant;
}

/** Scope and reference whose runs are meant, also where each run is meant by itself. */
export function scopeOf({ scope, scopeRef }: BudgetKey): { scope: BudgetScope; ref: string } {
  if (scope !== "run") return { scope, ref: scopeRef };
  const [, kind, ref = ""] = /^(\w+):(.*)$/s.exec(scopeRef) ?? [];
  return { scope: readScope(kind), ref };
}

/** The run that a budget is asked about. */
export interface BudgetedRun {
  /** Empty where none is meant. */
  readonly loopId: LoopId | "";
  readonly profileId: ProfileId | undefined;
  /** The pool that the loop draws its profiles from. */
  readonly poolId: PoolId | undefined;
  readonly repoPath: string;
}

/** Whether a run is in the scope of a budget. */
export function concernsRun(budget: BudgetKey, run: BudgetedRun): boolean {
  const { scope, ref } = scopeOf(budget);
  switch (scope) {
    case "loop":
      return ref === run.loopId;
    case "profile":
      return ref === run.profileId;
    case "pool":
      return ref === run.poolId;
    case "repo":
      return ref === run.repoPath;
    case "run":
    case "all":
      return true;
    default:
      return scope satisfies never;
  }
}

/** The number of an id such as `b12`. */
export const budgetNumber = (id: string): number => Number(id.slice(1)) || 0;

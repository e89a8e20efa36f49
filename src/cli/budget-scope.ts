import { type Budget, type BudgetScope, scopeOf } from "../core/budget.ts";
import { ForgeError } from "../core/errors.ts";
import { type MeantScope, meantScope } from "../store/budget-scopes.ts";
import type { Db } from "../store/database.ts";

interface ScopeFlags {
  readonly loop?: string | undefined;
  readonly profile?: string | undefined;
  readonly pool?: string | undefined;
  readonly repo?: string | undefined;
  readonly all?: boolean;
}

/**
 * The scope that flags name; undefined for none. Throws `choose one of --loop, --profile, --pool, --repo, --all` for more
 * than one.
 */
export function flaggedScope(db: Db, flags: ScopeFlags, cwd: string): MeantScope | undefined {
  const { loop, profile, pool, repo, all } = flags;
  const named = Object.entries({ loop, profile, pool, repo, all: all ? "all" : undefined });
  const given = named.filter((entry): entry is [BudgetScope, string] => Boolean(entry[1]));
  if (given.length > 1) throw chooseOne();
  const [first] = given;
  return first && meantScope(db, first[0], first[1], cwd);
}

export const chooseOne = () =>
  new ForgeError("unknown", "choose one of --loop, --profile, --pool, --repo, --all");

/** `pool main`, `all`; `run` and `run of loop alpha` for budgets of each run. */
export function scopeText(budget: Budget, name: string): string {
  const { scope } = scopeOf(budget);
  const of = name === "" ? scope : `${scope} ${name}`;
  if (budget.scope !== "run") return of;
  return name === "" ? "run" : `run of ${of}`;
}

export const fromConfiguration = (id: string) =>
  new ForgeError("unknown", `budget ${id} comes from the configuration file`, {
    hint: "Change it under budgets in config.yaml; forge config show tells where that is.",
  });

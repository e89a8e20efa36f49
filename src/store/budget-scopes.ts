import { resolve } from "node:path";
import { type Budget, type BudgetScope, scopeOf } from "../core/budget.ts";
import type { LoopId, PoolId, ProfileId } from "../core/ids.ts";
import type { Db } from "./database.ts";
import { findLoopByReference } from "./loop-reference.ts";
import { findLoop } from "./loops.ts";
import { findPool, resolvePool } from "./pools.ts";
import { findProfile, resolveProfile } from "./profiles.ts";

export interface MeantScope {
  readonly scope: BudgetScope;
  /** Id or path. */
  readonly ref: string;
}

/** What a name, id or path of a kind means. Throws what is said of things that are not found. */
export function meantScope(db: Db, kind: BudgetScope, reference: string, cwd: string): MeantScope {
  switch (kind) {
    case "loop":
      return { scope: kind, ref: findLoopByReference(db, reference).id };
    case "profile":
      return { scope: kind, ref: resolveProfile(db, reference).id };
    case "pool":
      return { scope: kind, ref: resolvePool(db, reference).id };
    case "repo":
      return { scope: kind, ref: resolve(cwd, reference) };
    case "run":
    case "all":
      return { scope: kind, ref: "" };
    default:
      return kind satisfies never;
  }
}

/** What people call the scope of a budget: a name or path; empty for all runs. */
export function scopeName(db: Db, budget: Budget): string {
  const { scope, ref } = scopeOf(budget);
  // The reference is an id of the kind that the scope tells.
  switch (scope) {
    case "loop":
      return findLoop(db, ref as LoopId)?.name ?? ref;
    case "profile":
      return findProfile(db, ref as ProfileId)?.name ?? ref;
    case "pool":
      return findPool(db, ref as PoolId)?.name ?? ref;
    default:
      return ref;
  }
}

import { readPrices } from "../../config/price-file.ts";
import type { BudgetedRun, BudgetUnit } from "../../core/budget.ts";
import { type BudgetUse, shareText } from "../../core/budget-use.ts";
import type { Milliseconds } from "../../core/duration.ts";
import type { ProfileId, RunId } from "../../core/ids.ts";
import { toMicros } from "../../core/outcome.ts";
import { priced } from "../../core/prices.ts";
import type { Profile } from "../../core/profile.ts";
import type { Instant } from "../../core/time.ts";
import { withoutEarlierRuns } from "../../store/agent-sessions.ts";
import { killingBudgets, liveUse } from "../../store/live-budgets.ts";
import { noteUse } from "../../store/reservations.ts";
import { budgetedRun } from "../budgeted-run.ts";
import type { Session } from "../session.ts";
import type { LiveRun } from "./live-run.ts";
import type { RunGuard } from "./run-guards.ts";

export interface BudgetGuard {
  readonly runId: RunId;
  readonly profile: Pick<Profile, "harness" | "model"> & { readonly id: ProfileId | undefined };
  readonly startedAt: Instant;
}

/** Time budgets are looked at no more often. */
const SHORTEST_WAIT: Milliseconds = 20;

type OwnUse = Readonly<Record<BudgetUnit, number>>;

/** Ends a run when a budget with the action `kill` is used up by the runs in its scope (spec/15 section 5.1). */
export function budgetGuard(session: Session, run: BudgetGuard): RunGuard {
  const { deps, log } = session;
  const { db, config } = deps;
  const { runId, profile } = run;
  let scope: BudgetedRun | undefined;
  let noted: OwnUse = { usd: 0, tokens: 0, runs: 0, time: 0 };
  return {
    look: async (live) => {
      scope ??= { ...budgetedRun(db, config, session.loop()), profileId: profile.id };
      const budgets = killingBudgets(db, scope);
      if (budgets.length === 0) return {};
      const now = session.now();
      const own = ownUse(session, run, live, now);
      if (own.usd !== noted.usd || own.tokens !== noted.tokens) {
        noted = own;
        await session.transact(() => noteUse(db, runId, own));
      }
      let againIn = Number.POSITIVE_INFINITY;
      for (const budget of budgets) {
        const { use, running } = liveUse(db, budget, { runId, own }, now, config.budget.timezone);
        const left = budget.amount - use.used;
        if (left < 0) {
          log.line(`run ${runId} over ${overText(use)}; ending`);
          // The others have used it up as well.
          deps.wakeUps.poke();
          return { end: { kind: "budget" } };
        }
        if (budget.unit === "time") againIn = Math.min(againIn, Math.max(SHORTEST_WAIT, left / running + 1));
      }
      return { againIn };
    },
  };
}

const overText = (use: BudgetUse): string => `budget ${use.budget.id} (${shareText(use)})`;

/** What the run has used so far, as far as its output tells. */
function ownUse(
  { deps }: Session,
  { profile, startedAt }: BudgetGuard,
  { signs, adapter }: LiveRun,
  now: Instant,
): OwnUse {
  const told = {
    sessionId: signs.session?.id,
    model: signs.model,
    tokens: signs.tokens,
    costMicros: signs.costUsd === undefined ? undefined : toMicros(signs.costUsd),
    costSource: "none" as const,
  };
  const isTotal = adapter.countsSession && signs.isTotal;
  const figures = isTotal ? withoutEarlierRuns(deps.db, told, profile.harness) : told;
  const needsPrice = figures.costMicros === undefined && figures.tokens !== undefined;
  const { tokens, costMicros = 0 } = needsPrice
    ? priced(figures, readPrices(deps.config).table, profile.model)
    : figures;
  return {
    usd: costMicros,
    tokens: tokens ? tokens.input + tokens.output + tokens.cacheWrite : 0,
    runs: 1,
    time: Math.max(0, now - startedAt),
  };
}

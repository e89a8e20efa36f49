import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Budget, BudgetUnit } from "../../src/core/budget.ts";
import { newId, type RunId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { ToldOutcome } from "../../src/core/outcome.ts";
import type { Profile } from "../../src/core/profile.ts";
import { setBudget } from "../../src/store/budget-gate.ts";
import { budgetUse } from "../../src/store/budget-sums.ts";
import { type BudgetDraft, deleteOrphanBudgets, findBudget, listBudgets } from "../../src/store/budgets.ts";
import { countedTimes } from "../../src/store/counted-runs.ts";
import type { Db } from "../../src/store/database.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { killRunningRuns } from "../../src/store/loop-runs.ts";
import { deleteLoop } from "../../src/store/loops.ts";
import { deleteRuns } from "../../src/store/old-runs.ts";
import { deleteOrphanRows } from "../../src/store/orphan-rows.ts";
import { createPool, deletePool } from "../../src/store/pools.ts";
import { listReservations, settleLostReservations } from "../../src/store/reservations.ts";
import { claimRun } from "../../src/store/run-claim.ts";
import { settleRun } from "../../src/store/run-settlement.ts";
import { recordVerdict } from "../../src/store/run-verdicts.ts";
import { listSpend } from "../../src/store/spend.ts";
import { addLoop, addProfile, NOW, sampleClaim, sampleSettlement } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

const RULES = { timezone: "UTC", defaultReserveUsd: 0.5 };
const MINUTE = 60_000;

let db: Db;
let loop: Loop;
let profile: Profile;
beforeEach(() => {
  db = inMemory();
  loop = addLoop(db, "alpha");
  profile = addProfile(db, "p", { maxConcurrency: 0 });
  own(loop);
});

const own = ({ id }: Loop) => takeOwnership(db, id, { owner: "local", instanceId: "i", bootId: "b" }, NOW);

function budget(amount: number, unit: BudgetUnit, draft: Partial<BudgetDraft> = {}, rules = RULES): Budget {
  const key = { scope: "all", scopeRef: "", period: "day", action: "hard", createdBy: "cli" } as const;
  return setBudget(db, { ...key, unit, amount, ...draft }, NOW, rules);
}

const use = ({ id }: Budget, now = NOW, zone = "UTC") => {
  const found = findBudget(db, id);
  if (!found) throw new Error(`no budget ${id}`);
  const { used, reserved } = budgetUse(db, found, now, zone);
  return { used, reserved };
};

/** The id of a run that was let start. */
function start(now = NOW, of = loop): RunId | undefined {
  const claim = sampleClaim(of, profile, { runId: newId<RunId>() });
  return claimRun(db, claim, now).claimed ? claim.runId : undefined;
}

function started(now = NOW, of = loop): RunId {
  const runId = start(now, of);
  if (runId === undefined) throw new Error("the run was not let start");
  return runId;
}

/** What a run tells when it ends; nothing of its use unless said. */
const tells = (told: Partial<ToldOutcome> = {}): ToldOutcome => ({
  ...{
    outcome: "ok",
    costSource: "none",
    evidence: { rule: 10, lines: [] },
    isSessionTotal: false,
    quota: [],
  },
  ...told,
});
const costs = (costMicros: number) => tells({ costMicros, costSource: "reported" });

function end(runId: RunId, told = tells(), now = NOW, { of = loop, hasRun = true } = {}) {
  const charge = { prices: [], hasRun, budgets: RULES };
  return settleRun(db, sampleSettlement({ runId, loopId: of.id }, { told, exitedAt: now, charge }), now);
}

const USD = 1_000_000;

describe("a run sets aside what runs usually take (spec/15 section 5.2)", () => {
  test.each([
    ["runs", 10, 1],
    ["usd", 10 * USD, 0.5 * USD],
    ["tokens", 2_000_000, 50_000],
    ["time", 60 * MINUTE, 10 * MINUTE],
  ] as const)("%s: a default when nothing is known", (unit, amount, reserved) => {
    const limit = budget(amount, unit);
    started();
    expect(use(limit)).toEqual({ used: 0, reserved });
  });

  test("the whole budget at most, while nothing of it is spent, so that a first run can start", () => {
    const limit = budget(0.2 * USD, "usd");
    const runId = started();
    expect(use(limit)).toEqual({ used: 0, reserved: 0.2 * USD });
    expect(start()).toBeUndefined();
    end(runId, costs(0.15 * USD));
    expect(use(limit)).toEqual({ used: 0.15 * USD, reserved: 0 });
    expect(start()).toBeUndefined();
  });

  test("what is left at most, while nothing is known: a run that crashed tells nothing of others", () => {
    const limit = budget(5 * MINUTE, "time");
    end(started(), tells({ outcome: "crashed" }), NOW + 1_000);
    expect(use(limit)).toEqual({ used: 1_000, reserved: 0 });
    started(NOW + 1_000);
    expect(use(limit)).toEqual({ used: 1_000, reserved: 5 * MINUTE - 1_000 });
    expect(start(NOW + 1_000)).toBeUndefined();
  });

  test("the median of the loop's last settled runs, else of the profile's, else of all", () => {
    const limit = budget(100 * USD, "usd");
    for (const cost of [1, 3, 2, 40]) end(started(), costs(cost * USD));
    end(started(), { ...costs(90 * USD), outcome: "killed" });
    const other = addLoop(db, "beta");
    own(other);
    expect(use(limit).used).toBe(136 * USD);
    budget(1000 * USD, "usd");
    const runId = started(NOW, other);
    expect(listReservations(db, runId)).toMatchObject([{ unit: "usd", amount: 2.5 * USD }]);
  });

  test("nothing starts when all is spent, however little runs take", () => {
    budget(2 * USD, "usd");
    for (const cost of [0, 0, 0, 2]) end(started(), costs(cost * USD));
    expect(start()).toBeUndefined();
  });

  test("a budget that is made while a run goes on counts it at once", () => {
    started();
    expect(use(budget(1, "runs"))).toEqual({ used: 0, reserved: 1 });
    expect(start()).toBeUndefined();
  });
});

describe("at its end a run is charged with what it has used", () => {
  test("its actual cost and tokens, without those read from a cache", () => {
    const [usd, tokens] = [budget(10 * USD, "usd"), budget(1_000_000, "tokens")];
    end(started(), {
      ...costs(2 * USD),
      tokens: { input: 10, output: 20, cacheRead: 5000, cacheWrite: 3, reasoning: 7 },
    });
    expect([use(usd), use(tokens)]).toEqual([
      { used: 2 * USD, reserved: 0 },
      { used: 33, reserved: 0 },
    ]);
  });

  test("what was set aside, as an estimate, where it tells nothing (edge case: figures missing)", () => {
    const [usd, tokens] = [budget(10 * USD, "usd"), budget(1_000_000, "tokens")];
    end(started());
    expect([use(usd), use(tokens)]).toEqual([
      { used: 0.5 * USD, reserved: 0 },
      { used: 50_000, reserved: 0 },
    ]);
    expect(listSpend(db, { from: "2026-01-01", to: "2026-12-31" })).toMatchObject([
      { costMicros: 0.5 * USD, estimatedMicros: 0.5 * USD, inputTokens: 0 },
    ]);
  });

  test.each([
    ["that the provider refused", tells({ outcome: "rate_limited" }), 1],
    ["that could not start", tells({ outcome: "crashed", reason: "not started" }), 1],
  ])("nothing but its number for one %s", (_what, told, runs) => {
    const [usd, count] = [budget(10 * USD, "usd"), budget(10, "runs")];
    end(started(), told);
    expect([use(usd).used, use(count).used]).toEqual([0, runs]);
  });

  test("nothing at all for one that was only claimed", () => {
    const [usd, count] = [budget(10 * USD, "usd"), budget(10, "runs")];
    end(started(), tells({ outcome: "killed" }), NOW, { hasRun: false });
    expect([use(usd), use(count)]).toEqual([
      { used: 0, reserved: 0 },
      { used: 0, reserved: 0 },
    ]);
  });
});

describe("what a crash leaves set aside", () => {
  test("is charged as a whole when the run is over in the database, and put right when it is settled after all", () => {
    const [usd, count] = [budget(10 * USD, "usd"), budget(10, "runs")];
    const runId = started();
    expect(settleLostReservations(db, NOW)).toBe(0);
    killRunningRuns(db, loop.id, NOW);
    expect(settleLostReservations(db, NOW)).toBe(1);
    expect([use(usd), use(count)]).toEqual([
      { used: 0.5 * USD, reserved: 0 },
      { used: 1, reserved: 0 },
    ]);
    expect(settleLostReservations(db, NOW)).toBe(0);
    end(runId, costs(3 * USD));
    expect([use(usd), use(count)]).toEqual([
      { used: 3 * USD, reserved: 0 },
      { used: 1, reserved: 0 },
    ]);
  });

  test("is charged within the hour too, whatever its agent has said before", () => {
    const count = budget(10, "runs", { period: "hour" });
    const runId = started();
    recordVerdict(db, loop, { id: runId }, { verdict: "continue" }, NOW);
    killRunningRuns(db, loop.id, NOW);
    settleLostReservations(db, NOW);
    expect(use(count)).toEqual({ used: 1, reserved: 0 });
  });

  test("is charged when the loop was removed meanwhile", () => {
    const count = budget(10, "runs");
    started();
    deleteLoop(db, loop.id, NOW);
    settleLostReservations(db, NOW);
    expect(use(count)).toEqual({ used: 1, reserved: 0 });
  });
});

describe("what ended runs have used outlives them", () => {
  const kept = (now: number) => ({ liveRuns: [], counted: countedTimes(db, now, "UTC") });
  const outcomes = () => db.query("SELECT * FROM fx_outcomes").all().length;

  test.each([
    ["runs that are beyond what is kept", (id: RunId) => void deleteRuns(db, [id], kept(NOW).counted)],
    ["the runs of a loop that was removed", () => void deleteLoop(db, loop.id, NOW)],
  ])("%s, while their hour lasts", (_what, remove) => {
    const perHour = budget(10, "usd", { period: "hour" });
    const runId = started();
    end(runId, costs(7));
    remove(runId);
    deleteOrphanRows(db, kept(NOW), 100);
    expect(db.query("SELECT * FROM loop_runs").all()).toEqual([]);
    expect(use(perHour)).toEqual({ used: 7, reserved: 0 });
    expect(outcomes()).toBe(1);
    deleteOrphanRows(db, kept(NOW + 60 * MINUTE), 100);
    expect(outcomes()).toBe(0);
  });
});

describe("whose runs count, and when", () => {
  test("each scope", () => {
    const pool = createPool(db, { name: "main" }, NOW);
    const limits = [
      budget(1, "runs", { scope: "loop", scopeRef: loop.id }),
      budget(1, "runs", { scope: "profile", scopeRef: profile.id }),
      budget(1, "runs", { scope: "repo", scopeRef: loop.repoPath }),
      budget(1, "runs", { scope: "pool", scopeRef: pool.id }),
    ];
    end(started());
    expect(limits.map((limit) => use(limit).used)).toEqual([1, 1, 1, 0]);
    expect(start()).toBeUndefined();
  });

  test("a period that begins within a UTC day takes that day's runs one by one", () => {
    const perHour = budget(100 * USD, "usd", { period: "hour" });
    const perDay = budget(100 * USD, "usd", { scope: "loop", scopeRef: loop.id });
    for (const minutes of [-80, -5, -1]) end(started(NOW), costs(USD), NOW + minutes * MINUTE);
    expect(use(perHour)).toEqual({ used: USD, reserved: 0 });
    expect(use(perHour, NOW - 5 * MINUTE).used).toBe(2 * USD);
    expect(use(perDay).used).toBe(3 * USD);
    // Its day began at 02:00 UTC.
    expect(use(perDay, NOW, "Etc/GMT+2").used).toBe(2 * USD);
  });

  test("a budget goes with its loop (edge case), and with its pool", () => {
    const pool = createPool(db, { name: "main" }, NOW);
    budget(1, "runs", { scope: "pool", scopeRef: pool.id });
    budget(1, "usd", { scope: "loop", scopeRef: loop.id });
    budget(1, "usd", { scope: "run", scopeRef: `loop:${loop.id}`, period: "run" });
    deleteLoop(db, loop.id, NOW);
    expect(listBudgets(db)).toHaveLength(1);
    deletePool(db, pool.id);
    expect(listBudgets(db)).toEqual([]);
    expect(deleteOrphanBudgets(db)).toBe(1);
  });

  test("the same scope, period, unit and action replaces; ids stay", () => {
    const first = budget(1, "runs");
    const second = budget(2, "usd");
    expect(budget(5, "runs")).toMatchObject({ id: first.id, amount: 5 });
    expect(budget(5, "runs", { action: "soft" }).id).toBe("b3");
    expect(second.id).toBe("b2");
  });
});

test("a budget warns from 80 %, and tells that it is reached, once in a period", () => {
  const limit = budget(5, "runs", { action: "soft" });
  const told = () =>
    queryEvents(db, { limit: 100 })
      .events.filter(({ entityId }) => entityId === limit.id)
      .map(({ type }) => type);
  const lines: unknown[] = [];
  for (let run = 0; run < 7; run++) {
    const result = end(started());
    lines.push(...(result.settled ? result.budgets.map(({ type }) => type) : []));
  }
  expect(told().toSorted()).toEqual(["budget.reached", "budget.warning"]);
  expect(lines).toEqual(["budget.warning", "budget.reached"]);
});

test("whatever is reserved, settled or lost: spent and reserved never pass a hard cap but by what runs take beyond their reservation", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("start" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("settle" as const),
        which: fc.nat(5),
        cost: fc.option(fc.integer({ min: 0, max: 3 * USD }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("crash" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("repair" as const) }) },
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 6 * USD }),
      fc.integer({ min: 1, max: 8 }),
      (steps, usdCap, runsCap) => {
        db = inMemory();
        loop = addLoop(db, "alpha");
        profile = addProfile(db, "p", { maxConcurrency: 0 });
        own(loop);
        const [usd, runs] = [budget(usdCap, "usd"), budget(runsCap, "runs")];
        const open: RunId[] = [];
        let excess = 0;
        for (const one of steps) {
          if (one.kind === "start") {
            const runId = start();
            if (runId !== undefined) open.push(runId);
          } else if (one.kind === "settle") {
            const [runId] = open.splice(one.which, 1);
            if (runId === undefined) continue;
            const aside = listReservations(db, runId).find(({ unit }) => unit === "usd")?.amount ?? 0;
            excess += Math.max(0, (one.cost ?? 0) - aside);
            end(runId, one.cost === undefined ? tells() : costs(one.cost));
          } else if (one.kind === "crash") killRunningRuns(db, loop.id, NOW);
          else settleLostReservations(db, NOW);
          const [money, count] = [use(usd), use(runs)];
          expect(money.used + money.reserved).toBeLessThanOrEqual(usdCap + excess);
          expect(count.used + count.reserved).toBeLessThanOrEqual(runsCap);
          expect(Math.min(money.used, money.reserved, count.used, count.reserved)).toBeGreaterThanOrEqual(0);
        }
      },
    ),
    { numRuns: 30 },
  );
});

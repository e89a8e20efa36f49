import { expect, test } from "bun:test";
import { readLoopMetadata } from "../../src/core/loop-metadata.ts";
import { toMicros } from "../../src/core/outcome.ts";
import { setBudget } from "../../src/store/budget-gate.ts";
import { getLoop } from "../../src/store/loops.ts";
import { freeProfile, parkProfile } from "../../src/store/profile-limits.ts";
import { getProfile } from "../../src/store/profiles.ts";
import { Account, DAY, HOUR, MINUTE } from "./account.ts";
import { Fleet } from "./fleet.ts";
import { Judge } from "./judge.ts";
import { seededRandom } from "./random.ts";
import { Spender } from "./spender.ts";

const START = Date.parse("2026-01-05T00:00:00Z");
const MAX_CONCURRENCY = 3;
const PINNED = 4;

/** As many windows of five hours as fit into a week: each may refuse one start before its end is known. */
const WINDOWS = 34;

test("15 section 4, what it must show: 50 loops share 4 accounts for a week", async () => {
  const random = seededRandom(1);
  // The weeks of the accounts end on different days, so that some of them are spent for longer than others.
  const accounts = ["a", "b", "c", "d"].map(
    (name, index) =>
      new Account(name, { fiveHours: 500, week: 6000, weekEndsAt: START + (1.5 + index * 1.3) * DAY }),
  );
  using fleet = await Fleet.make(accounts, {
    random,
    start: START,
    maxConcurrency: MAX_CONCURRENCY,
    intervalMs: 10 * MINUTE,
    work: () => 20 + Math.floor(random() * 100),
    end: ({ name }, now) => {
      // The provider of d is down for two hours, and the login of b expires.
      if (name === "d" && now > START + 2 * DAY && now < START + 2 * DAY + 2 * HOUR)
        return { kind: "outage" };
      if (name === "b" && now > START + 3 * DAY && now < START + 3.2 * DAY) return { kind: "no login" };
      return random() < 0.05 ? { kind: "failed" } : { kind: "done", costUsd: 0.5 };
    },
  });
  const judge = new Judge(fleet, MAX_CONCURRENCY);
  fleet.witness = judge;
  const [a, b] = fleet.profiles;
  if (!a || !b) throw new Error("no profiles");
  for (let index = 0; index < 50; index++)
    fleet.start(`loop-${index}`, START + index * 7000, index < PINNED ? a.id : undefined);

  const person = (when: number, act: () => void) => fleet.timeline.at(START + when, act);
  person(1.2 * DAY, () => {
    parkProfile(fleet.db, a, { kind: "manual" }, fleet.timeline.now);
    judge.parked(a.id);
  });
  const clear = ({ id }: { readonly id: typeof a.id }) => {
    freeProfile(fleet.db, getProfile(fleet.db, id), fleet.timeline.now);
    judge.cleared(id);
    fleet.slotFreed();
  };
  person(1.4 * DAY, () => clear(a));
  person(3.3 * DAY, () => clear(b));

  fleet.timeline.runUntil(START + 7 * DAY, (next) => judge.resting(next));

  // No run starts on a cooled or parked profile, none waits while one is free, no stampede at a reset, nobody overtakes.
  expect(judge.complaints).toEqual([]);
  expect(judge.runs.limited).toBeGreaterThan(50);
  expect(Math.max(...accounts.map(({ refusedStarts }) => refusedStarts))).toBeLessThanOrEqual(WINDOWS);
  // No loop starves: all that share the pool get about the same.
  const pooled = fleet.loops.slice(PINNED).map(({ done }) => done);
  expect(Math.min(...pooled)).toBeGreaterThan(Math.max(...pooled) / 2);
  // A limit never eats an iteration.
  for (const { id, done } of fleet.loops)
    expect(readLoopMetadata(getLoop(fleet.db, id).metadata).iterationCount).toBe(done);
});

test("15 section 5.2, what it must show: a hard budget is passed by no more than running runs take above what was set aside", async () => {
  const random = seededRandom(2);
  const accounts = ["a", "b", "c", "d"].map(
    (name) => new Account(name, { fiveHours: 500, week: 1e9, weekEndsAt: START + 7 * DAY }),
  );
  using fleet = await Fleet.make(accounts, {
    random,
    start: START,
    maxConcurrency: MAX_CONCURRENCY,
    intervalMs: 10 * MINUTE,
    work: () => 20 + Math.floor(random() * 40),
    // Most cost what is usual, some many times that.
    end: () => ({ kind: "done", costUsd: random() < 0.1 ? 3 : 0.2 + random() * 0.4 }),
  });
  const cap = toMicros(30);
  const budget = { scope: "all", scopeRef: "", period: "day", unit: "usd", action: "hard" } as const;
  const rules = { timezone: "UTC", defaultReserveUsd: 0.5 };
  setBudget(fleet.db, { ...budget, amount: cap, createdBy: "cli" }, START, rules);
  const spender = new Spender(fleet, cap);
  fleet.witness = spender;
  for (let index = 0; index < 50; index++) fleet.start(`loop-${index}`, START + index * 7000);
  fleet.timeline.runUntil(START + 3 * DAY, () => {});

  expect(spender.complaints).toEqual([]);
  // It was the budget that has kept them, every day anew.
  const days = [...spender.spent.values()];
  expect(days.slice(0, 3).every((spent) => spent > cap - toMicros(1))).toBe(true);
  expect(fleet.loops.every(({ done }) => done > 0)).toBe(true);
});

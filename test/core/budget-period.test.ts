import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BUDGET_PERIODS, type Budget, type BudgetPeriod } from "../../src/core/budget.ts";
import { periodAt } from "../../src/core/budget-period.ts";

const budget = (period: BudgetPeriod, draft: Partial<Budget> = {}): Budget => ({
  ...{ id: "b1", scope: "all", scopeRef: "", unit: "usd", action: "hard", amount: 1, createdBy: "cli" },
  ...{ createdAt: 1000, period },
  ...draft,
});

const text = (at: number | undefined) =>
  at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);

describe("periods are those of the calendar in the zone of budget.timezone (spec/15 section 5.1)", () => {
  test.each([
    ["hour", "UTC", "2026-11-24T23:40", "2026-11-24T23:00", "2026-11-25T00:00"],
    ["hour", "Asia/Kolkata", "2026-11-24T23:40", "2026-11-24T23:30", "2026-11-25T00:30"],
    ["day", "UTC", "2026-11-24T23:40", "2026-11-24T00:00", "2026-11-25T00:00"],
    ["day", "America/Los_Angeles", "2026-11-24T03:00", "2026-11-23T08:00", "2026-11-24T08:00"],
    ["week", "UTC", "2026-11-24T23:40", "2026-11-23T00:00", "2026-11-30T00:00"],
    ["week", "UTC", "2026-11-29T12:00", "2026-11-23T00:00", "2026-11-30T00:00"],
    ["week", "Asia/Tokyo", "2026-11-22T15:00", "2026-11-22T15:00", "2026-11-29T15:00"],
    ["month", "UTC", "2026-12-31T23:59", "2026-12-01T00:00", "2027-01-01T00:00"],
    ["month", "Europe/Paris", "2026-03-31T22:30", "2026-03-31T22:00", "2026-04-30T22:00"],
    // Days of 23 and 25 hours, and one that has no midnight.
    ["day", "Europe/Paris", "2026-03-29T12:00", "2026-03-28T23:00", "2026-03-29T22:00"],
    ["day", "Europe/Paris", "2026-10-25T12:00", "2026-10-24T22:00", "2026-10-25T23:00"],
    ["day", "America/Havana", "2026-03-08T12:00", "2026-03-08T05:00", "2026-03-09T04:00"],
    ["total", "UTC", "2026-11-24T23:40", undefined, undefined],
  ] as const)("%s in %s at %s", (period, zone, at, start, end) => {
    const found = periodAt(budget(period), Date.parse(`${at}:00Z`), zone);
    expect([text(found.start), text(found.end)]).toEqual([start, end]);
  });

  test("a limit of up counts from the start of its loop", () => {
    expect(periodAt(budget("total", { createdBy: "up" }), 5000, "UTC")).toEqual({
      start: 1000,
      end: undefined,
    });
  });

  test("whatever the zone, now lies in the period, and the next one begins where it ends", () => {
    const zones = fc.constantFrom("UTC", "America/Havana", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Apia");
    const periods = fc.constantFrom(...BUDGET_PERIODS.filter((one) => one !== "run" && one !== "total"));
    const moments = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) });
    fc.assert(
      fc.property(zones, periods, moments, (zone, period, at) => {
        const { start = 0, end = 0 } = periodAt(budget(period), at, zone);
        expect(start).toBeLessThanOrEqual(at);
        expect(end).toBeGreaterThan(at);
        expect(periodAt(budget(period), end, zone).start).toBe(end);
        expect(periodAt(budget(period), end - 1, zone).start).toBe(start);
      }),
      { numRuns: 300 },
    );
  });
});

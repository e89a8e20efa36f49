import { expect, test } from "bun:test";
import { restOf } from "../../src/core/profile-rest.ts";
import { GOOD_STANDING } from "../../src/core/profile-standing.ts";
import { SAMPLE_TIME, sampleProfile } from "../support/core-samples.ts";

const NOW = SAMPLE_TIME;
const LATER = NOW + 60_000;
const cooldown = { source: "reported", reason: "five_hour", since: NOW - 1000, until: LATER } as const;

test("a profile that may start does not rest", () => {
  expect(restOf(sampleProfile({ cooldownUntil: NOW }), GOOD_STANDING, NOW)).toBeUndefined();
});

test("15 section 4.4: a cooldown of ours is told with its source, reason and beginning", () => {
  expect(restOf(sampleProfile({ cooldownUntil: LATER }), { ...GOOD_STANDING, cooldown }, NOW)).toEqual({
    state: "cooling",
    until: LATER,
    source: "reported",
    reason: "five_hour",
    since: NOW - 1000,
  });
});

test("15 edge cases: cooldown set by another implementation: respected, source manual", () => {
  const theirs = sampleProfile({ cooldownUntil: LATER + 1000, updatedAt: NOW - 5 });
  expect(restOf(theirs, { ...GOOD_STANDING, cooldown }, NOW)).toEqual({
    state: "cooling",
    until: LATER + 1000,
    source: "manual",
    reason: undefined,
    since: NOW - 5,
  });
});

test("parking outlasts any cooldown", () => {
  const parking = { at: NOW - 10, kind: "auth", reason: "401" } as const;
  const rest = restOf(sampleProfile({ cooldownUntil: LATER }), { ...GOOD_STANDING, cooldown, parking }, NOW);
  expect(rest).toEqual({ state: "parked", source: "auth", reason: "401", since: NOW - 10 });
});

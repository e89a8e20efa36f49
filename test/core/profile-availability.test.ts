import { describe, expect, test } from "bun:test";
import { availabilityOf, cooldownEnd, type ProfileUse } from "../../src/core/profile-availability.ts";
import { GOOD_STANDING, type ProfileStanding } from "../../src/core/profile-standing.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Case {
  cooldownUntil?: number;
  maxConcurrency?: number;
  standing?: Partial<ProfileStanding>;
  use?: Partial<ProfileUse>;
}

const kindOf = ({ cooldownUntil, maxConcurrency = 1, standing, use }: Case) =>
  availabilityOf(
    { cooldownUntil, maxConcurrency },
    { ...GOOD_STANDING, ...standing },
    { running: 0, ...use },
    NOW,
  ).kind;

describe("15 section 4.1: a profile is free when", () => {
  const parking = { at: NOW, kind: "auth" } as const;
  test.each<[string, Case, string]>([
    ["nothing is known of it", {}, "free"],
    ["its cooldown is past", { cooldownUntil: NOW }, "free"],
    ["not while it cools down", { cooldownUntil: NOW + 1 }, "cooling"],
    ["not while it is parked", { standing: { parking } }, "parked"],
    ["not while it is parked and cools down", { standing: { parking }, cooldownUntil: NOW + 1 }, "parked"],
    ["not with all slots taken", { use: { running: 1 } }, "busy"],
    ["it has no limit of slots", { maxConcurrency: 0, use: { running: 9 } }, "free"],
    ["not while a probe is out", { use: { probeSince: NOW - 59_999 } }, "probed"],
    ["the clock was set back while a probe is out", { use: { probeSince: NOW + 1_000 } }, "free"],
    ["a probe says nothing for a minute", { use: { probeSince: NOW - 60_000 } }, "free"],
  ])("%s", (_when, made, kind) => expect(kindOf(made)).toBe(kind as "free"));
});

describe("15 edge cases: clock jump backwards of the host", () => {
  const end = (jump: number) => {
    const [since, until] = [NOW, NOW + HOUR];
    const standing = { ...GOOD_STANDING, cooldown: { source: "reported", since, until } as const };
    return cooldownEnd({ cooldownUntil: until }, standing, NOW - jump);
  };

  test("a cooldown never becomes longer than its original length + 8 days", () => {
    expect(end(0)).toBe(NOW + HOUR);
    expect(end(8 * DAY)).toBe(NOW + HOUR);
    expect(end(8 * DAY + 1)).toBeUndefined();
  });

  test("cooldown set by another implementation: respected", () => {
    const until = NOW + 30 * DAY;
    expect(cooldownEnd({ cooldownUntil: until }, GOOD_STANDING, NOW)).toBe(until);
  });
});

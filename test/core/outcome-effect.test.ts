import { describe, expect, test } from "bun:test";
import type { Outcome } from "../../src/core/outcome.ts";
import { type EndedRun, effectOf, type LimitRules } from "../../src/core/outcome-effect.ts";
import { GOOD_STANDING, type ProfileStanding } from "../../src/core/profile-standing.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const RULES: LimitRules = { defaultCooldown: 5 * MINUTE, maxCooldown: 192 * HOUR };

const effect = (
  outcome: Outcome,
  run: Partial<EndedRun> = {},
  standing: Partial<ProfileStanding> = {},
  rules: Partial<LimitRules> = {},
) =>
  effectOf(
    { outcome, metKnownLimit: false, ...run },
    { ...GOOD_STANDING, ...standing },
    { ...RULES, ...rules },
    NOW,
  );

describe("15 section 2.1: what an outcome does to the profile", () => {
  test.each<[Outcome, string]>([
    ["ok", "none"],
    ["failed", "none"],
    ["rate_limited", "cool"],
    ["quota_spent", "park"],
    ["auth", "park"],
    ["context", "none"],
    ["permission", "none"],
    ["transient", "none"],
    ["stalled", "none"],
    ["timeout", "none"],
    ["killed", "none"],
    ["crashed", "none"],
  ])("%s: %s", (outcome, kind) => {
    expect(effect(outcome).kind).toBe(kind as "none");
  });

  test("parking carries the kind and the words of the error", () => {
    expect(effect("auth", { reason: "401 no login" })).toMatchObject({
      parkedKind: "auth",
      reason: "401 no login",
    });
    expect(effect("quota_spent")).toMatchObject({ parkedKind: "quota_spent" });
  });

  test("a provider that fails cools from the second failure in a row on: 30 s x 2^k, at most 10 min", () => {
    const rests = [0, 1, 2, 3, 4, 5, 6, 60].map((transientsInRow) => {
      const made = effect("transient", {}, { transientsInRow });
      expect(made.transientsInRow).toBe(transientsInRow + 1);
      return made.kind === "cool" ? (made.until - NOW) / SECOND : undefined;
    });
    expect(rests).toEqual([undefined, 30, 60, 120, 240, 480, 600, 600]);
    expect(effect("transient", {}, { transientsInRow: 1 })).toMatchObject({ source: "transient" });
  });

  test.each<Outcome>(["ok", "failed", "context", "permission"])(
    "%s shows that the provider answers, and ends both rows",
    (outcome) => {
      const made = effect(outcome, {}, { limitsInRow: 3, transientsInRow: 2 });
      expect(made).toEqual({ kind: "none", limitsInRow: 0, transientsInRow: 0 });
    },
  );

  test.each<Outcome>(["killed", "crashed", "timeout", "stalled"])(
    "%s says nothing about the provider",
    (outcome) => {
      const made = effect(outcome, {}, { limitsInRow: 3, transientsInRow: 2 });
      expect(made).toEqual({ kind: "none", limitsInRow: 3, transientsInRow: 2 });
    },
  );
});

describe("15 section 2.3: how long a limit lasts", () => {
  test("until the reset that was reported", () => {
    expect(effect("rate_limited", { resetAt: NOW + HOUR, reason: "five_hour" })).toMatchObject({
      until: NOW + HOUR,
      source: "reported",
      reason: "five_hour",
      limitsInRow: 1,
    });
  });

  test("without one the default, twice as long for each further limit in a row, at most an hour", () => {
    const minutes = [0, 1, 2, 3, 4, 60].map((limitsInRow) => {
      const made = effect("rate_limited", {}, { limitsInRow });
      return made.kind === "cool" ? (made.until - NOW) / MINUTE : undefined;
    });
    expect(minutes).toEqual([5, 10, 20, 40, 60, 60]);
  });

  test("a default that is configured to be longer than an hour is kept", () => {
    expect(effect("rate_limited", {}, {}, { defaultCooldown: 3 * HOUR })).toMatchObject({
      until: NOW + 3 * HOUR,
    });
  });

  test("never longer than limits.max_cooldown", () => {
    const rules = { maxCooldown: 2 * MINUTE };
    expect(effect("rate_limited", { resetAt: NOW + HOUR }, {}, rules)).toMatchObject({
      until: NOW + 2 * MINUTE,
    });
    expect(effect("rate_limited", {}, {}, rules)).toMatchObject({ until: NOW + 2 * MINUTE });
  });

  test("runs side by side that meet one limit count as one", () => {
    const known = { metKnownLimit: true };
    expect(effect("rate_limited", known, { limitsInRow: 1 })).toEqual({
      kind: "none",
      limitsInRow: 1,
      transientsInRow: 0,
    });
    const told = { ...known, resetAt: NOW + HOUR };
    expect(effect("rate_limited", told, { limitsInRow: 1 })).toMatchObject({
      until: NOW + HOUR,
      limitsInRow: 1,
    });
  });
});

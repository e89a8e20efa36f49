import { describe, expect, test } from "bun:test";
import { GOOD_STANDING, type ProfileStanding } from "../../src/core/profile-standing.ts";
import { type QuotaFigure, quotaLineJson, quotaLines } from "../../src/core/quota.ts";
import { SAMPLE_TIME, sampleProfile } from "../support/core-samples.ts";

const HOUR = 3_600_000;
const NOW = SAMPLE_TIME;

const figure = (changes: Partial<QuotaFigure>): QuotaFigure => ({
  window: "five_hour",
  used: 0.91,
  status: "warning",
  resetAt: NOW + HOUR,
  source: "stream",
  seenAt: NOW - HOUR,
  ...changes,
});

const lines = (
  figures: QuotaFigure[],
  { cooldownUntil, ...standing }: Partial<ProfileStanding> & { cooldownUntil?: number } = {},
) =>
  quotaLines(sampleProfile({ cooldownUntil }), { ...GOOD_STANDING, ...standing }, figures, NOW).map(
    ({ profile: _, ...line }) => line,
  );

describe("15 section 4.5: what is known of a profile's windows", () => {
  test("nothing: one line that says so", () => {
    expect(lines([])).toEqual([{ window: "", status: "unknown" }]);
  });

  test("a line for each window that was told", () => {
    expect(lines([figure({}), figure({ window: "seven_day", used: 0.2, status: "ok" })])).toMatchObject([
      { window: "five_hour", used: 0.91, status: "warning", resetAt: NOW + HOUR, source: "stream" },
      { window: "seven_day", used: 0.2, status: "ok" },
    ]);
  });

  test("a figure whose reset has passed is unknown", () => {
    const [line] = lines([figure({ resetAt: NOW, status: "rejected" })]);
    expect(line).toEqual({ window: "five_hour", status: "unknown", source: "stream", seenAt: NOW - HOUR });
  });

  test("a cooldown that no window explains has a line of its own", () => {
    const cooldownUntil = NOW + HOUR;
    expect(lines([figure({})], { cooldownUntil })).toMatchObject([
      { status: "warning" },
      { window: "", status: "limited", resetAt: cooldownUntil, source: "manual" },
    ]);
    const cooldown = { source: "default", since: NOW - 5, until: cooldownUntil } as const;
    expect(lines([], { cooldownUntil, cooldown })).toEqual([
      { window: "", status: "limited", resetAt: cooldownUntil, source: "error", seenAt: NOW - 5 },
    ]);
    expect(lines([figure({ status: "rejected" })], { cooldownUntil })).toMatchObject([{ status: "limited" }]);
  });

  test("every line of a parked profile says so, and why", () => {
    const parking = { at: NOW - 5, kind: "quota_spent", reason: "no credits" } as const;
    expect(lines([figure({})], { parking })).toMatchObject([
      { window: "five_hour", used: 0.91, status: "parked", parkedReason: "no credits" },
    ]);
    expect(lines([], { parking })).toMatchObject([{ status: "parked", source: "error", seenAt: NOW - 5 }]);
    expect(lines([], { parking: { at: NOW, kind: "manual" } })).toMatchObject([
      { source: "manual", parkedReason: "manual" },
    ]);
  });

  test("is printed with what is known", () => {
    const profile = sampleProfile();
    const [line] = quotaLines(profile, GOOD_STANDING, [], NOW);
    if (!line) throw new Error("no line");
    expect(JSON.parse(JSON.stringify(quotaLineJson(line)))).toEqual({
      profile: profile.name,
      profile_id: profile.id,
      harness: "claude",
      window: "",
      status: "unknown",
      source: "",
    });
  });
});

import type { Loop } from "../core/loop.ts";
import { hasAnswer, type Outcome, type ToldOutcome } from "../core/outcome.ts";
import { effectOf, type LimitRules, type OutcomeEffect } from "../core/outcome-effect.ts";
import type { Profile } from "../core/profile.ts";
import { ownCooldown } from "../core/profile-availability.ts";
import {
  type EventRun,
  limitDetected,
  profileCooled,
  profileFreed,
  profileParked,
} from "../core/profile-events.ts";
import type { Cooldown, CooldownSource, ParkedKind, ProfileStanding } from "../core/profile-standing.ts";
import type { LoopRun } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import { findStanding, patchStanding } from "./profile-standings.ts";
import { findProfile, setProfileCooldown } from "./profiles.ts";
import { forgetNamelessLimit, noteQuota } from "./quota.ts";
import { inTransaction } from "./transaction.ts";

/** What a run has done to its profile, for the log of its loop. */
export type LimitNotice =
  | { readonly kind: "cooled"; readonly until: Instant }
  | { readonly kind: "parked"; readonly reason: string };

export interface NewCooldown {
  readonly until: Instant;
  readonly source: CooldownSource;
  readonly reason?: string | undefined;
}

/** When a run began and ended. */
export interface RunSpan {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/**
 * Gives the profile of a run what follows from its outcome: counters, a cooldown, parking, and the events that tell of it
 * (spec/15 sections 2.1 and 11). Part of the settlement of the run.
 */
export function applyOutcome(
  db: Db,
  told: ToldOutcome,
  { loop, run, span }: { readonly loop: Loop; readonly run: LoopRun; readonly span: RunSpan },
  rules: LimitRules,
  now: Instant,
): LimitNotice | undefined {
  const profile = run.profileId && findProfile(db, run.profileId);
  if (!profile) return undefined;
  const standing = findStanding(db, profile.id);
  const metKnownLimit = isKnown(told.outcome, ownCooldown(profile, standing), span);
  const effect = effectOf({ ...told, metKnownLimit }, standing, rules, span.endedAt);
  const by = { runId: run.id, loopId: loop.id, loopName: loop.name };
  noteQuota(db, profile.id, told, span.endedAt);
  noteCounters(db, profile, standing, effect, { told, run, now });
  const notice = carryOut(db, profile, effect, by, now);
  if (told.outcome !== "rate_limited") return notice;
  const until = findProfile(db, profile.id)?.cooldownUntil ?? now;
  appendEvent(db, limitDetected(profile, until, told.reason, now), now);
  return { kind: "cooled", until };
}

/** Whether a run that began earlier has told of the same: the cooldown for it began while this one went on. */
function isKnown(outcome: Outcome, cooldown: Cooldown | undefined, { startedAt }: RunSpan): boolean {
  if (cooldown === undefined || cooldown.since < startedAt) return false;
  const { source } = cooldown;
  return source === "reported" || source === "default" || (source === "transient" && outcome === "transient");
}

function noteCounters(
  db: Db,
  { id }: Profile,
  before: ProfileStanding,
  { limitsInRow, transientsInRow }: OutcomeEffect,
  {
    told: { outcome },
    run,
    now,
  }: { readonly told: ToldOutcome; readonly run: LoopRun; readonly now: Instant },
): void {
  const isOk = outcome === "ok";
  const endsProbe = before.probeRunId === run.id && hasAnswer(outcome);
  const hasChanged = limitsInRow !== before.limitsInRow || transientsInRow !== before.transientsInRow;
  if (!hasChanged && !endsProbe && !isOk) return;
  const probeRunId = endsProbe ? null : undefined;
  patchStanding(db, id, { limitsInRow, transientsInRow, lastOkAt: isOk ? now : undefined, probeRunId }, now);
}

function carryOut(
  db: Db,
  profile: Profile,
  effect: OutcomeEffect,
  by: EventRun,
  now: Instant,
): LimitNotice | undefined {
  switch (effect.kind) {
    case "none":
      return undefined;
    case "cool":
      coolProfile(db, profile, effect, now, by);
      return { kind: "cooled", until: wholeSecond(effect.until) };
    case "park":
      parkProfile(db, profile, { kind: effect.parkedKind, reason: effect.reason }, now, by);
      return { kind: "parked", reason: effect.reason ?? effect.parkedKind };
    default:
      return effect satisfies never;
  }
}

/** Lets a profile cool down until a time that a person has named, which may be past. */
export function setCooldown(
  db: Db,
  profile: Profile,
  { until, reason }: Omit<NewCooldown, "source">,
  now: Instant,
): void {
  const source = "manual";
  inTransaction(db, () => {
    setProfileCooldown(db, profile.id, until);
    const cooldown = until > now ? ({ source, reason, since: now, until } as const) : null;
    patchStanding(db, profile.id, { cooldown, probeRunId: null }, now);
    if (cooldown === null) return;
    for (const event of profileCooled(profile, { until, source, reason }, now)) appendEvent(db, event, now);
  });
}

/** Lets a profile cool down; one that cools down for longer already stays as it is. */
export function coolProfile(
  db: Db,
  profile: Profile,
  { source, reason, ...cooldown }: NewCooldown,
  now: Instant,
  by?: EventRun,
): void {
  const until = wholeSecond(cooldown.until);
  inTransaction(db, () => {
    const current = findProfile(db, profile.id)?.cooldownUntil ?? Number.NEGATIVE_INFINITY;
    // A run that is settled late tells of a limit that may be over.
    if (until <= now || until <= current) return;
    setProfileCooldown(db, profile.id, until);
    patchStanding(db, profile.id, { cooldown: { source, reason, since: now, until }, probeRunId: null }, now);
    for (const event of profileCooled(profile, { until, source, reason }, now, by))
      appendEvent(db, event, now);
  });
}

/** Keeps a profile from starting until somebody clears it. One that is parked already keeps its first reason. */
export function parkProfile(
  db: Db,
  profile: Profile,
  parking: { readonly kind: ParkedKind; readonly reason?: string | undefined },
  now: Instant,
  by?: EventRun,
): void {
  inTransaction(db, () => {
    if (findStanding(db, profile.id).parking) return;
    patchStanding(db, profile.id, { parking: { at: now, ...parking }, probeRunId: null }, now);
    appendEvent(db, profileParked(profile, parking, by), now);
  });
}

/**
 * Ends a cooldown, whoever set it, and parking, and forgets the counters that make cooldowns longer. Whether the profile
 * was kept from starting by any of them.
 */
export function freeProfile(db: Db, profile: Profile, now: Instant): boolean {
  return inTransaction(db, () => {
    const { parking } = findStanding(db, profile.id);
    const wasCooling = (profile.cooldownUntil ?? 0) > now;
    setProfileCooldown(db, profile.id, null);
    patchStanding(
      db,
      profile.id,
      { parking: null, cooldown: null, probeRunId: null, limitsInRow: 0, transientsInRow: 0 },
      now,
    );
    forgetNamelessLimit(db, profile.id);
    if (!parking && !wasCooling) return false;
    for (const event of profileFreed(profile, { wasCooling })) appendEvent(db, event, now);
    return true;
  });
}

/** The shared row has whole seconds, and a rest is never shorter than it has to be. */
const wholeSecond = (at: Instant): Instant => Math.ceil(at / 1000) * 1000;

import { rateLimited } from "./core-events.ts";
import type { EventDraft } from "./event.ts";
import type { ProfileEventType } from "./event-types.ts";
import type { LoopId, RunId } from "./ids.ts";
import { type JsonObject, omitEmpty } from "./json.ts";
import type { Profile } from "./profile.ts";
import { shownHarness } from "./profile.ts";
import type { CooldownSource, ParkedKind } from "./profile-standing.ts";
import { formatTime, type Instant } from "./time.ts";

/** Which profile an event is about. */
export type EventProfile = Pick<Profile, "id" | "name" | "harness">;

/** The run by whose end something became known; undefined when a person did it. */
export interface EventRun {
  readonly runId: RunId;
  readonly loopId: LoopId;
  readonly loopName: string;
}

export interface CooledNotice {
  readonly until: Instant;
  readonly source: CooldownSource;
  readonly reason?: string | undefined;
}

/** A cooldown has begun; for hooks of older programs under the name that they know, too. */
export const profileCooled = (
  profile: EventProfile,
  { until, source, reason }: CooledNotice,
  now: Instant,
  run?: EventRun,
): EventDraft[] => [
  profileEvent(
    "profile.cooled",
    profile,
    { until: formatTime(until), source, reason: omitEmpty(reason) },
    run,
  ),
  accountEvent("cooldown.started", profile, {
    until: formatTime(until),
    cooldown_seconds: secondsUntil(until, now),
    reason: omitEmpty(reason),
  }),
];

export const profileParked = (
  profile: EventProfile,
  { kind, reason }: { readonly kind: ParkedKind; readonly reason?: string | undefined },
  run?: EventRun,
): EventDraft => profileEvent("profile.parked", profile, { kind, reason: omitEmpty(reason) }, run);

/** A cooldown is over, or a profile that was parked is not any more. */
export const profileFreed = (
  profile: EventProfile,
  { wasCooling }: { readonly wasCooling: boolean },
): EventDraft[] => [
  profileEvent("profile.freed", profile, {}),
  ...(wasCooling ? [accountEvent("cooldown.ended", profile, {})] : []),
];

/** A run has met a limit. */
export const limitDetected = (
  profile: EventProfile,
  until: Instant,
  reason: string | undefined,
  now: Instant,
): EventDraft =>
  rateLimited("rate_limit.detected", {
    accountId: profile.id,
    provider: shownHarness(profile.harness),
    cooldownSeconds: secondsUntil(until, now),
    reason,
  });

const secondsUntil = (until: Instant, now: Instant): number => Math.max(0, Math.round((until - now) / 1000));

const profileEvent = (
  type: ProfileEventType,
  profile: EventProfile,
  payload: JsonObject,
  run?: EventRun,
): EventDraft => ({
  type,
  entityType: "system",
  entityId: profile.id,
  payload: { profile: profile.name, ...payload },
  metadata: {
    kind: "profile",
    ...(run && { loop_id: run.loopId, loop_name: run.loopName, run_id: run.runId }),
  },
});

const accountEvent = (
  type: "cooldown.started" | "cooldown.ended",
  { id, harness }: EventProfile,
  payload: JsonObject,
): EventDraft => ({
  type,
  entityType: "account",
  entityId: id,
  payload: { account_id: id, provider: shownHarness(harness), ...payload },
});

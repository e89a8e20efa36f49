import type { Profile } from "./profile.ts";
import { cooldownEnd, ownCooldown } from "./profile-availability.ts";
import type { CooldownSource, ParkedKind, ProfileStanding } from "./profile-standing.ts";
import { formatTime, type Instant } from "./time.ts";

/** Why a profile does not start runs, as people see it (spec/15 section 4.4). */
export interface ProfileRest {
  readonly state: "cooling" | "parked";
  readonly until?: Instant | undefined;
  readonly source: CooldownSource | ParkedKind;
  readonly reason?: string | undefined;
  readonly since: Instant;
}

/** Undefined for a profile that may start. */
export function restOf(profile: Profile, standing: ProfileStanding, now: Instant): ProfileRest | undefined {
  const { parking } = standing;
  if (parking) return { state: "parked", source: parking.kind, reason: parking.reason, since: parking.at };
  const until = cooldownEnd(profile, standing, now);
  if (until === undefined) return undefined;
  // What another program has set is taken for the word of a person.
  const own = ownCooldown(profile, standing);
  return {
    state: "cooling",
    until,
    source: own?.source ?? "manual",
    reason: own?.reason,
    since: own?.since ?? profile.updatedAt,
  };
}

export const profileRestJson = ({ name, id }: Profile, rest: ProfileRest) => ({
  profile: name,
  profile_id: id,
  state: rest.state,
  until: rest.until === undefined ? undefined : formatTime(rest.until),
  source: rest.source,
  reason: rest.reason,
  since: formatTime(rest.since),
});

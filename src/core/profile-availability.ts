import type { Profile } from "./profile.ts";
import type { Cooldown, Parking, ProfileStanding } from "./profile-standing.ts";
import type { Instant } from "./time.ts";

/** Whether a profile may start a run now, and what keeps it from that (spec/15 section 4.1). */
export type Availability =
  | { readonly kind: "free" }
  | { readonly kind: "parked"; readonly parking: Parking }
  | { readonly kind: "cooling"; readonly until: Instant }
  /** Its cooldown is over, and one run tries whether the limit is too (spec/15 section 4.2). */
  | { readonly kind: "probed"; readonly until: Instant }
  /** All its slots are taken. */
  | { readonly kind: "busy" };

type CoolingProfile = Pick<Profile, "cooldownUntil">;

export interface ProfileUse {
  /** Runs that go on. */
  readonly running: number;
  /** When the probe began, while others have to wait for it. */
  readonly probeSince?: Instant | undefined;
}

/** How long others wait for a probe that says nothing. */
const PROBE_MS = 60_000;
/** A cooldown that begins so far in the future was set by a clock that was wrong. */
const CLOCK_JUMP_MS = 8 * 86_400_000;

export function availabilityOf(
  profile: CoolingProfile & Pick<Profile, "maxConcurrency">,
  standing: ProfileStanding,
  { running, probeSince }: ProfileUse,
  now: Instant,
): Availability {
  if (standing.parking) return { kind: "parked", parking: standing.parking };
  const coolingUntil = cooldownEnd(profile, standing, now);
  if (coolingUntil !== undefined) return { kind: "cooling", until: coolingUntil };
  // A probe of the future began before the clock was set back.
  const probeEnd = probeSince === undefined || probeSince > now ? now : probeSince + PROBE_MS;
  if (probeEnd > now) return { kind: "probed", until: probeEnd };
  const { maxConcurrency } = profile;
  return maxConcurrency > 0 && running >= maxConcurrency ? { kind: "busy" } : { kind: "free" };
}

/** When the cooldown of a profile ends, whoever set it; undefined when it is over. */
export function cooldownEnd(
  profile: CoolingProfile,
  standing: ProfileStanding,
  now: Instant,
): Instant | undefined {
  const { cooldownUntil: until } = profile;
  if (until === undefined || until <= now) return undefined;
  const since = ownCooldown(profile, standing)?.since;
  return since !== undefined && since > now + CLOCK_JUMP_MS ? undefined : until;
}

/** What we know of a cooldown; undefined for one that another program has set. */
export const ownCooldown = (
  { cooldownUntil }: CoolingProfile,
  { cooldown }: ProfileStanding,
): Cooldown | undefined => (cooldown?.until === cooldownUntil ? cooldown : undefined);

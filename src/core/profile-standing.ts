import { enumReader } from "./enum.ts";
import type { RunId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const PARKED_KINDS = ["quota_spent", "auth", "manual"] as const;
/** Why a profile must not start before a person clears it. */
export type ParkedKind = (typeof PARKED_KINDS)[number];

/** The kind in a row; one that we do not know was set by somebody. */
export const readParkedKind = enumReader(PARKED_KINDS, "manual");

export const COOLDOWN_SOURCES = ["reported", "default", "transient", "manual"] as const;
/** Who says how long a profile cools down: the provider, our configuration, failures of the provider, or a person. */
export type CooldownSource = (typeof COOLDOWN_SOURCES)[number];

export const readCooldownSource = enumReader(COOLDOWN_SOURCES, "manual");

export interface Parking {
  readonly at: Instant;
  readonly kind: ParkedKind;
  readonly reason?: string | undefined;
}

/** A cooldown of ours; it may be over. */
export interface Cooldown {
  readonly source: CooldownSource;
  readonly reason?: string | undefined;
  readonly since: Instant;
  /** As written to the shared row, so that one of another program is told apart. */
  readonly until: Instant;
}

/** What Forge alone knows of a profile: a row of `fx_profiles` (spec/15 section 3). */
export interface ProfileStanding {
  readonly parking?: Parking | undefined;
  readonly cooldown?: Cooldown | undefined;
  /** Limits that it met one after the other. */
  readonly limitsInRow: number;
  /** Failures of the provider, one after the other. */
  readonly transientsInRow: number;
  /** The first run after a limit, while it has not shown that the limit is over. */
  readonly probeRunId?: RunId | undefined;
  readonly lastOkAt?: Instant | undefined;
}

/** Of a profile that has met no limit. */
export const GOOD_STANDING: ProfileStanding = { limitsInRow: 0, transientsInRow: 0 };

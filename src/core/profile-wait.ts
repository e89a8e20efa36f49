import { type BudgetUse, loosest, reachedText } from "./budget-use.ts";
import type { Profile } from "./profile.ts";
import type { Availability } from "./profile-availability.ts";
import { formatTime, type Instant } from "./time.ts";

/** A profile that was looked at for a run. */
export interface Candidate {
  readonly profile: Profile;
  readonly availability: Availability;
  /** The budget that keeps a run from starting with it. */
  readonly budget?: BudgetUse | undefined;
}

/** What a loop draws its profiles from: one that it is bound to, a pool, or all there are. */
export type WaitedFor =
  | { readonly kind: "profile" }
  | { readonly kind: "pool"; readonly name: string }
  | { readonly kind: "all" };

/** Why a loop cannot run now (spec/15 section 4.1). */
export interface ProfileWait {
  readonly kind: "profile" | "parked" | "budget";
  /** What keeps it, for `ps` and `explain`. */
  readonly reason: string;
  /** When it looks again by itself; undefined when only a person ends the wait. */
  readonly until?: Instant | undefined;
  /** For the log and `last_error`. */
  readonly text: string;
  readonly budget?: BudgetUse | undefined;
}

/** When all are busy, their slots are looked at again after this time. */
const BUSY_WAIT_MS = 5_000;

/** What a loop waits for when none of the profiles is free. */
export function profileWait(candidates: readonly Candidate[], of: WaitedFor, now: Instant): ProfileWait {
  const parked = parkedReason(candidates, of);
  if (parked !== undefined) return { kind: "parked", reason: parked, text: `waiting: ${parked}` };
  return budgetWait(candidates) ?? freeProfileWait(candidates, of, now);
}

/** Undefined where a profile would be within all budgets once it is free. */
function budgetWait(candidates: readonly Candidate[]): ProfileWait | undefined {
  const uses = candidates
    .filter(({ availability }) => availability.kind !== "parked")
    .map(({ budget }) => budget);
  const closed = uses.filter((use) => use !== undefined);
  const first = loosest(closed);
  if (first === undefined || closed.length < uses.length) return undefined;
  const reason = reachedText(first);
  return { kind: "budget", reason, until: first.period.end, text: `waiting: ${reason}`, budget: first };
}

function freeProfileWait(candidates: readonly Candidate[], of: WaitedFor, now: Instant): ProfileWait {
  const ends = candidates.flatMap(({ availability }) =>
    availability.kind === "cooling" || availability.kind === "probed" ? [availability.until] : [],
  );
  const until = ends.length > 0 ? Math.min(...ends) : now + BUSY_WAIT_MS;
  return {
    kind: "profile",
    reason: busyReason(candidates, of),
    until,
    text: `waiting for profile availability until ${formatTime(until)}`,
  };
}

/** Undefined where one of them is not parked, or there is none. */
function parkedReason(candidates: readonly Candidate[], of: WaitedFor): string | undefined {
  const kinds = candidates.map(({ availability }) =>
    availability.kind === "parked" ? availability.parking.kind : undefined,
  );
  const [kind] = kinds;
  if (kind === undefined || kinds.includes(undefined)) return undefined;
  return of.kind === "profile"
    ? `profile ${candidates[0]?.profile.name} parked (${kind})`
    : `${allOf(of)} parked`;
}

function busyReason(candidates: readonly Candidate[], of: WaitedFor): string {
  const words = new Set(candidates.map(({ availability }) => WORDS[availability.kind]));
  const what = [...words].toSorted().join(" or ") || "gone";
  return of.kind === "profile"
    ? `profile ${candidates[0]?.profile.name} is ${what}`
    : `${allOf(of)} are ${what}`;
}

const WORDS: Readonly<Record<Availability["kind"], string>> = {
  free: "busy",
  busy: "busy",
  cooling: "cooling",
  probed: "being tried",
  parked: "parked",
};

const allOf = (of: Exclude<WaitedFor, { kind: "profile" }>): string =>
  of.kind === "pool" ? `all profiles of pool ${of.name}` : "all profiles";

import type { Milliseconds } from "./duration.ts";
import { isPlainPath, patternsOverlap, patternTakes } from "./path-pattern.ts";
import type { Reservation, ReservationBook } from "./reservation.ts";
import type { Instant } from "./time.ts";

/** What is released stays this long, so that people can still read who had it. */
const KEPT_AFTER_RELEASE: Milliseconds = 24 * 3_600_000;

export interface ClaimRequest {
  readonly project: string;
  readonly agent: string;
  /** Normalized. */
  readonly paths: readonly string[];
  readonly exclusive: boolean;
  readonly reason: string;
  readonly ttl: Milliseconds;
}

export interface Conflict {
  readonly path: string;
  readonly holders: readonly Reservation[];
}

/** Either conflicts and no change, or what was granted: all paths or none. */
export type ClaimResult =
  | { readonly conflicts: readonly Conflict[] }
  | { readonly book: ReservationBook; readonly granted: readonly Reservation[] };

/** Marks what has expired as released, and drops what was released a day ago. */
export function settled(book: ReservationBook, now: Instant): ReservationBook {
  const entries = changed(book, (reservation) =>
    isActive(reservation) && hasExpired(reservation, now) ? { ...reservation, releasedAt: now } : reservation,
  ).entries.filter(({ reservation: { releasedAt } }) => (releasedAt ?? now) > now - KEPT_AFTER_RELEASE);
  return { ...book, entries };
}

/** What counts now in a project, oldest first. */
export const activeReservations = (book: ReservationBook, project: string, now: Instant): Reservation[] =>
  book.entries
    .filter((entry) => entry.project === project)
    .map(({ reservation }) => reservation)
    .filter((reservation) => isActive(reservation) && !hasExpired(reservation, now))
    .toSorted((a, b) => a.id - b.id);

/**
 * Reserves paths for an agent, unless others hold some of them. A path that the agent holds already makes that reservation
 * last longer instead.
 */
export function claim(before: ReservationBook, request: ClaimRequest, now: Instant): ClaimResult {
  const conflicts = request.paths.flatMap((path) => conflictAt(before, path, request, now));
  if (conflicts.length > 0) return { conflicts };
  let book = before;
  const granted = new Map<number, Reservation>();
  for (const path of request.paths) {
    const own = ownCovering(book, path, request, now);
    const reservation = own ? extended(own, request, now) : newReservation(book, path, request, now);
    granted.set(reservation.id, reservation);
    book = own
      ? changed(book, (old) => (old.id === own.id ? reservation : old))
      : added(book, request.project, reservation);
  }
  return { book, granted: [...granted.values()] };
}

/** Releases some active reservations and returns how many; a reason that is given replaces theirs. */
export function release(book: ReservationBook, ids: ReadonlySet<number>, now: Instant, reason?: string) {
  return changedActive(book, ids, now, (old) => ({ ...old, releasedAt: now, reason: reason || old.reason }));
}

/** Lets some active reservations end `ttl` from now, and returns how many. */
export function renew(book: ReservationBook, ids: ReadonlySet<number>, now: Instant, ttl: Milliseconds) {
  return changedActive(book, ids, now, (old) => ({ ...old, expiresAt: endOf(now, ttl) }));
}

/** In whole seconds, as it is stored. */
export const endOf = (now: Instant, ttl: Milliseconds): Instant => Math.floor((now + ttl) / 1000) * 1000;

const isActive = ({ releasedAt }: Reservation): boolean => releasedAt === undefined;

const hasExpired = ({ expiresAt }: Reservation, now: Instant): boolean =>
  expiresAt !== undefined && expiresAt <= now;

function conflictAt(book: ReservationBook, path: string, request: ClaimRequest, now: Instant): Conflict[] {
  const holders = activeReservations(book, request.project, now).filter(
    (held) =>
      held.agent !== request.agent &&
      (held.exclusive || request.exclusive) &&
      patternsOverlap(held.pathPattern, path),
  );
  return holders.length === 0 ? [] : [{ path, holders }];
}

/** The agent's own reservation that makes a claim of a path needless. */
function ownCovering(book: ReservationBook, path: string, request: ClaimRequest, now: Instant) {
  return activeReservations(book, request.project, now).find(
    ({ agent, exclusive, pathPattern }) =>
      agent === request.agent &&
      (exclusive || !request.exclusive) &&
      // A glob that takes the text of another glob need not take all of its paths.
      (pathPattern === path || (isPlainPath(path) && patternTakes(pathPattern, path))),
  );
}

/** A claim never takes time away from a reservation that is there. */
const extended = (own: Reservation, { reason, ttl }: ClaimRequest, now: Instant): Reservation => ({
  ...own,
  reason: reason || own.reason,
  expiresAt: own.expiresAt === undefined ? undefined : Math.max(own.expiresAt, endOf(now, ttl)),
});

const newReservation = (
  { nextId }: ReservationBook,
  pathPattern: string,
  { agent, exclusive, reason, ttl }: ClaimRequest,
  now: Instant,
): Reservation => ({
  id: nextId,
  agent,
  pathPattern,
  exclusive,
  reason,
  createdAt: now,
  expiresAt: endOf(now, ttl),
  releasedAt: undefined,
});

const added = (book: ReservationBook, project: string, reservation: Reservation): ReservationBook => ({
  nextId: reservation.id + 1,
  entries: [...book.entries, { project, reservation }],
});

function changedActive(
  book: ReservationBook,
  ids: ReadonlySet<number>,
  now: Instant,
  change: (old: Reservation) => Reservation,
): { book: ReservationBook; count: number } {
  let count = 0;
  const after = changed(book, (old) => {
    if (!ids.has(old.id) || !isActive(old) || hasExpired(old, now)) return old;
    count++;
    return change(old);
  });
  return { book: after, count };
}

const changed = (book: ReservationBook, change: (old: Reservation) => Reservation): ReservationBook => ({
  ...book,
  entries: book.entries.map((entry) => ({ ...entry, reservation: change(entry.reservation) })),
});

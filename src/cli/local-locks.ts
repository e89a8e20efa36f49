import { lockProject } from "../config/agent-mail.ts";
import type { Config } from "../config/config.ts";
import { lockStorePath } from "../config/paths.ts";
import type { Reservation, ReservationBook } from "../core/reservation.ts";
import { activeReservations, claim, endOf, release, renew, settled } from "../core/reservation-rules.ts";
import type { Instant } from "../core/time.ts";
import type { World } from "../core/world.ts";
import { lockForChange } from "../process/file-lock.ts";
import { readReservations, writeReservations } from "../store/reservation-file.ts";
import { type ClaimAnswer, isNamed, type LockKeeper, type OwnLocks } from "./reservations.ts";

/** The locks in the store of this machine, for the project of the working directory. */
export function localLocks(config: Config, world: World): LockKeeper {
  const path = lockStorePath(config, world.env);
  const project = lockProject(world.env, world.cwd);
  return {
    active: async () => activeReservations(readReservations(path), project, world.now()),

    claim: (request, pushedAside) =>
      changeStore<ClaimAnswer>(path, world, (book, now) => {
        const ids = new Set(pushedAside.flatMap(({ holders }) => holders.map(({ id }) => id)));
        const result = claim(release(book, ids, now, request.reason).book, request, now);
        if ("conflicts" in result) return { answer: { conflicts: result.conflicts } };
        return { book: result.book, answer: { granted: result.granted } };
      }),

    release: (own) =>
      changeStore(path, world, (book, now) => {
        const { book: after, count } = release(book, idsOf(book, project, own, now), now);
        return { book: after, answer: { released: count, at: now } };
      }),

    renew: (own, ttl) =>
      changeStore(path, world, (book, now) => {
        const { book: after, count } = renew(book, idsOf(book, project, own, now), now, ttl);
        return { book: after, answer: { renewed: count, expiresAt: endOf(now, ttl) } };
      }),
  };
}

function idsOf(book: ReservationBook, project: string, own: OwnLocks, now: Instant): Set<number> {
  const isMeant = (lock: Reservation) => lock.agent === own.agent && isNamed(lock, own.ids, own.paths);
  return new Set(
    activeReservations(book, project, now)
      .filter(isMeant)
      .map(({ id }) => id),
  );
}

/** Changes the store as its only writer. `change` gets it without what has expired; no new book leaves it as it is. */
async function changeStore<T>(
  path: string,
  world: World,
  change: (book: ReservationBook, now: Instant) => { book?: ReservationBook; answer: T },
): Promise<T> {
  using _lock = await lockForChange(`${path}.lock`);
  const now = world.now();
  const { book, answer } = change(settled(readReservations(path), now), now);
  if (book) writeReservations(path, book);
  return answer;
}

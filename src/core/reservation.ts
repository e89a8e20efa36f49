import { isJsonObject } from "./json.ts";
import { formatTime, type Instant, parseTime } from "./time.ts";

/** What an agent has said about paths that it works on (spec/30 section 10). Nothing is enforced on files. */
export interface Reservation {
  /** Grows from 1 and is never given twice. */
  readonly id: number;
  readonly agent: string;
  readonly pathPattern: string;
  /** Whether nobody else may claim the paths; otherwise others may share them. */
  readonly exclusive: boolean;
  readonly reason: string;
  /** Undefined: foreign writers left it out. */
  readonly createdAt: Instant | undefined;
  /** Undefined: foreign writers left out when it ends, so it counts until it is released. */
  readonly expiresAt: Instant | undefined;
  /** Undefined while it is active. */
  readonly releasedAt: Instant | undefined;
}

/** A reservation with the project whose paths it names. */
export interface ProjectReservation {
  readonly project: string;
  readonly reservation: Reservation;
}

/** All that the lock store holds. */
export interface ReservationBook {
  readonly nextId: number;
  readonly entries: readonly ProjectReservation[];
}

export const EMPTY_BOOK: ReservationBook = { nextId: 1, entries: [] };

const timeText = (at: Instant | undefined): string => (at === undefined ? "" : formatTime(at));

/** A reservation as it is stored and listed. */
export const reservationJson = (reservation: Reservation) => ({
  id: reservation.id,
  agent: reservation.agent,
  path_pattern: reservation.pathPattern,
  exclusive: reservation.exclusive,
  reason: reservation.reason,
  created_ts: timeText(reservation.createdAt),
  expires_ts: timeText(reservation.expiresAt),
  released_ts: timeText(reservation.releasedAt),
});

/** Reads the stored form, whoever wrote it; undefined when id, agent or pattern are missing. */
export function readReservation(value: unknown): Reservation | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, agent, path_pattern: pathPattern, exclusive, reason } = value;
  if (!Number.isSafeInteger(id) || typeof agent !== "string" || typeof pathPattern !== "string")
    return undefined;
  const time = (text: unknown) => (typeof text === "string" ? parseTime(text) : undefined);
  return {
    id: Number(id),
    agent,
    pathPattern,
    exclusive: exclusive !== false,
    reason: typeof reason === "string" ? reason : "",
    createdAt: time(value.created_ts),
    expiresAt: time(value.expires_ts),
    releasedAt: time(value.released_ts),
  };
}

/** A reservation as who claimed it sees it. */
export const grantJson = ({ id, pathPattern, exclusive, reason, expiresAt }: Reservation) => ({
  id,
  path_pattern: pathPattern,
  exclusive,
  reason,
  expires_ts: timeText(expiresAt),
});

/** A reservation as who is kept out by it sees it. */
export const holderJson = ({ id, agent, pathPattern, exclusive, expiresAt }: Reservation) => ({
  id,
  agent,
  path_pattern: pathPattern,
  exclusive,
  expires_ts: timeText(expiresAt),
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When a reservation ends, rounded down: `in <1m`, `in 59m`, `in 3h`, `in 2d`, `expired`; `-` when nobody knows. */
export function expiryText({ expiresAt }: Pick<Reservation, "expiresAt">, now: Instant): string {
  if (expiresAt === undefined) return "-";
  const left = expiresAt - now;
  if (left <= 0) return "expired";
  if (left < MINUTE) return "in <1m";
  if (left < HOUR) return `in ${Math.floor(left / MINUTE)}m`;
  if (left < DAY) return `in ${Math.floor(left / HOUR)}h`;
  return `in ${Math.floor(left / DAY)}d`;
}

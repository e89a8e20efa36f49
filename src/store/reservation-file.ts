import { existsSync, readFileSync } from "node:fs";
import { replaceFile } from "../config/replace-file.ts";
import { operationFailed } from "../core/errors.ts";
import { isJsonObject } from "../core/json.ts";
import {
  EMPTY_BOOK,
  type ProjectReservation,
  type ReservationBook,
  readReservation,
  reservationJson,
} from "../core/reservation.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";

/**
 * Reads the lock store, a JSON file that other implementations write too. Empty where there is none. Throws
 * `failed to read lock store: ...` and `failed to parse lock store: ...`.
 */
export function readReservations(path: string): ReservationBook {
  const text = readText(path);
  if (text === undefined) return EMPTY_BOOK;
  try {
    return toBook(JSON.parse(text));
  } catch (thrown) {
    throw operationFailed(`failed to parse lock store: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Writes the whole store at once. Only for who holds its lock. Throws `failed to write lock store: ...`. */
export function writeReservations(path: string, { nextId, entries }: ReservationBook): void {
  const reservations = entries.map(({ project, reservation }) => ({
    project,
    reservation: reservationJson(reservation),
  }));
  try {
    replaceFile(path, `${JSON.stringify({ next_id: nextId, reservations }, null, 2)}\n`, 0o600);
  } catch (thrown) {
    throw operationFailed(`failed to write lock store: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

function readText(path: string): string | undefined {
  // Each run asks, and mostly there is none: an error that is thrown costs more than a look.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return undefined;
    throw operationFailed(`failed to read lock store: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

function toBook(value: unknown): ReservationBook {
  if (!isJsonObject(value) || !Array.isArray(value.reservations ?? []))
    throw new Error("no list of reservations");
  const listed: readonly unknown[] = Array.isArray(value.reservations) ? value.reservations : [];
  const entries = listed.map(toEntry);
  // A writer that lost count must not make us give an id twice.
  const above = Math.max(0, ...entries.map(({ reservation }) => reservation.id)) + 1;
  const stored = Number.isSafeInteger(value.next_id) ? Number(value.next_id) : 1;
  return { nextId: Math.max(above, stored), entries };
}

function toEntry(value: unknown, index: number): ProjectReservation {
  const { project, reservation } = isJsonObject(value) ? value : {};
  const read = readReservation(reservation);
  if (typeof project !== "string" || read === undefined) throw new Error(`reservation ${index} is malformed`);
  return { project, reservation: read };
}

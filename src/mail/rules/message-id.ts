import type { Instant } from "../../core/time.ts";

const MESSAGE_ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-\d{4}$/;

/** The highest number that an id can carry within its second. */
export const LAST_NUMBER = 9999;

/** Whether a text has the form `YYYYMMDD-HHMMSS-NNNN` (spec/50 section 3). */
export const isMessageId = (text: string): boolean => MESSAGE_ID.test(text);

/** The first part of an id, the UTC second: `20260110-153000`. */
export function secondOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}

export const messageId = (second: string, number: number): string =>
  `${second}-${String(number).padStart(4, "0")}`;

/** The second and the number of an id. */
export const splitId = (id: string): { second: string; number: number } => ({
  second: id.slice(0, 15),
  number: Number(id.slice(16)),
});

/** The moment that an id names, to the second. Undefined for other texts and for dates that do not exist. */
export function idTime(id: string): Instant | undefined {
  const [, year, month, day, hour, minute, second] = MESSAGE_ID.exec(id) ?? [];
  if (year === undefined) return undefined;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

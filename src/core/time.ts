/** A moment in milliseconds since the Unix epoch, as `Date.now()` gives it. */
export type Instant = number;

/** Tells the current moment; handed in so that tests can hold it still. */
export type Clock = () => Instant;

/** RFC 3339 in UTC with whole seconds, `2026-01-02T03:04:05Z`: the form that Forge writes and prints. */
export function formatTime(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 in UTC with milliseconds: the form of Forge's own `fx_` tables. */
export function formatTimeMillis(at: Instant): string {
  return new Date(at).toISOString();
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const SPACE_FORM = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?$/;

/**
 * Reads RFC 3339 (any fraction and offset) or SQLite's `2026-01-02 03:04:05`, which is UTC (spec/40 section 1).
 * Undefined when the text is neither, or is empty.
 */
export function parseTime(text: string | null | undefined): Instant | undefined {
  if (!text) return undefined;
  const stored = parseStoredForm(text);
  if (stored !== undefined) return stored;
  const zoned = RFC3339.exec(text);
  if (zoned) return at(zoned[1], zoned[2], zoned[3], zoned[4]);
  const spaced = SPACE_FORM.exec(text);
  if (spaced) return at(spaced[1], spaced[2], spaced[3], "Z");
  return undefined;
}

/**
 * Reads the two forms that fill the database, digit by digit: a listing reads hundreds of them right after its start, when
 * patterns and `Date.parse` are slow. Undefined for every other form, and for days that not every month has.
 */
function parseStoredForm(text: string): Instant | undefined {
  const isZoned = text.length === 20 && text[10] === "T" && text[19] === "Z";
  const isSpaced = text.length === 19 && text[10] === " ";
  if (!(isZoned || isSpaced)) return undefined;
  if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":") return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // `Date.UTC` takes years below 100 for the last century.
  const isDay =
    year >= 100 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || (day <= 30 && month !== 2));
  if (!isDay || !(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The number that a part of a text spells; NaN when it holds anything but digits. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function at(day = "", clock = "", fraction = "", zone = "Z"): Instant | undefined {
  if (!isCalendarDay(day) || clock.startsWith("24")) return undefined; // 24:00 would be the next day
  const moment = Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  return isPrintableTime(moment) ? moment : undefined;
}

// `Date.parse` takes 30 February for 2 March.
const isCalendarDay = (day: string): boolean =>
  Number(day.slice(8)) <= 28 || new Date(Date.parse(day) || 0).toISOString().startsWith(day);

const FIRST_PRINTABLE = Date.parse("0000-01-01T00:00:00Z");
const LAST_PRINTABLE = Date.parse("9999-12-31T23:59:59.999Z");

/** Whether a moment has a year of four digits; `formatTime` is meant for no other. */
export const isPrintableTime = (at: Instant): boolean => at >= FIRST_PRINTABLE && at <= LAST_PRINTABLE;

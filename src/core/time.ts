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
  const zoned = RFC3339.exec(text);
  if (zoned) return at(zoned[1], zoned[2], zoned[3], zoned[4]);
  const spaced = SPACE_FORM.exec(text);
  if (spaced) return at(spaced[1], spaced[2], spaced[3], "Z");
  return undefined;
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

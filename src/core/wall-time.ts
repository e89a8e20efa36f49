import type { Instant } from "./time.ts";

const MINUTE_MS = 60_000;

/** A wall clock: what a calendar and a clock on some wall show. */
export interface WallTime {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  /** Days beyond the ends of the month are those of its neighbours. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** When the clocks of a zone show this; for a time that they leap over, when they leap. */
export function momentOf(wall: WallTime, zone: string): Instant {
  const shown = shownAsUtc(wall);
  // The offset depends on the moment that is looked for, hence a second look; the two differ only around a leap.
  const first = shown - offsetAt(shown, zone);
  return Math.max(first, shown - offsetAt(first, zone));
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(at: Instant, zone: string): number {
  if (zone === "UTC") return 0;
  return shownAsUtc(wallTimeAt(at, zone)) - (at - (((at % MINUTE_MS) + MINUTE_MS) % MINUTE_MS));
}

const shownAsUtc = ({ year, month, day, hour, minute }: WallTime): Instant =>
  Date.UTC(year, month, day, hour, minute);

/** What the clocks of a zone show. */
export function wallTimeAt(at: Instant, zone: string): WallTime {
  if (zone === "UTC") return utcTimeAt(at);
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return {
    year: part("year"),
    month: part("month") - 1,
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
  };
}

/** The formatter of zones takes a hundred times as long. */
function utcTimeAt(at: Instant): WallTime {
  const date = new Date(at);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

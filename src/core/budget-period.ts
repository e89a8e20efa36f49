import type { Budget } from "./budget.ts";
import type { Instant } from "./time.ts";
import { momentOf, type WallTime, wallTimeAt } from "./wall-time.ts";

/** The time over which a budget counts now. */
export interface Period {
  /** Undefined: from the very first run on. */
  readonly start: Instant | undefined;
  /** Undefined: for ever. */
  readonly end: Instant | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The calendar period of a budget in a time zone (`budget.timezone`); weeks begin on Monday (spec/15 section 5.1). */
export function periodAt({ period, createdBy, createdAt }: Budget, at: Instant, zone: string): Period {
  const wall = wallTimeAt(at, zone);
  const midnight = (change: Partial<WallTime>): Instant =>
    momentOf({ ...wall, hour: 0, minute: 0, ...change }, zone);
  switch (period) {
    case "hour": {
      const start = at - wall.minute * MINUTE_MS - (at % MINUTE_MS);
      return { start, end: start + HOUR_MS };
    }
    case "day":
      return { start: midnight({}), end: midnight({ day: wall.day + 1 }) };
    case "week": {
      const monday = wall.day - daysSinceMonday(wall);
      return { start: midnight({ day: monday }), end: midnight({ day: monday + 7 }) };
    }
    case "month":
      return { start: midnight({ day: 1 }), end: midnight({ day: 1, month: wall.month + 1 }) };
    case "run":
    case "total":
      // Limits of `up` count from the start of the loop.
      return { start: createdBy === "up" ? createdAt : undefined, end: undefined };
    default:
      return period satisfies never;
  }
}

const daysSinceMonday = ({ year, month, day }: WallTime): number =>
  (new Date(Date.UTC(year, month, day)).getUTCDay() + 6) % 7;

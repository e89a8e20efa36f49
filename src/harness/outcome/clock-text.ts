import type { Instant } from "../../core/time.ts";
import { momentOf, type WallTime, wallTimeAt } from "../../core/wall-time.ts";

const PATTERN =
  /\b(?:resets?(?: at)?|try again at|available again at)\s+(?:(?<month>[a-z]{3,9})\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(?<year>\d{4}),?\s+)?(?:at\s+)?)?(?<hour>\d{1,2})(?::(?<minute>\d\d))?\s*(?<half>[ap]m)\b(?:\s*\((?<zone>[A-Za-z_+\-/0-9]+)\))?/i;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The moment that a text such as `resets 8:30am (America/Los_Angeles)` or `try again at Sep 20th, 2026 4:00 PM` names: the
 * next such time in the named zone, or else the host's; one that is past by less than a minute is now (spec/90 section 9).
 */
export function clockTextTime(text: string, now: Instant, hostZone: () => string): Instant | undefined {
  const groups = PATTERN.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const zone = knownZone(groups.zone) ?? hostZone();
  const today = wallTimeAt(now, zone);
  const clock = { hour: hourOf(groups), minute: Number(groups.minute ?? 0) };
  if (groups.month === undefined) return upcoming(now, zone, [{ ...today, ...clock }, nextDay(today, clock)]);
  const month = MONTHS.indexOf(groups.month.slice(0, 3).toLowerCase());
  if (month < 0) return undefined;
  const date = { month, day: Number(groups.day), ...clock };
  if (groups.year !== undefined) return momentOf({ ...date, year: Number(groups.year) }, zone);
  return upcoming(now, zone, [
    { ...date, year: today.year },
    { ...date, year: today.year + 1 },
  ]);
}

function hourOf({ hour, half }: Readonly<Record<string, string | undefined>>): number {
  return (Number(hour) % 12) + (half?.toLowerCase() === "pm" ? 12 : 0);
}

function nextDay(today: WallTime, clock: Pick<WallTime, "hour" | "minute">): WallTime {
  const next = new Date(Date.UTC(today.year, today.month, today.day) + DAY_MS);
  return { year: next.getUTCFullYear(), month: next.getUTCMonth(), day: next.getUTCDate(), ...clock };
}

/** The first of the candidates that is not past by a minute. */
const upcoming = (now: Instant, zone: string, candidates: readonly WallTime[]): Instant | undefined =>
  candidates.map((wall) => momentOf(wall, zone)).find((at) => at > now - MINUTE_MS);

function knownZone(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

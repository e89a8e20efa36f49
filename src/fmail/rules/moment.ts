import { parseDuration } from "../../core/duration.ts";
import { type Instant, parseTime } from "../../core/time.ts";

const DAY_MS = 86_400_000;

/**
 * Reads a moment as `--since` takes it (spec/50 section 7.2): `now`, how long ago (`90m`, `1.5d`), RFC 3339, a date, or date and
 * time in UTC. Undefined when the text is none of these.
 */
export function parseMoment(text: string, now: Instant): Instant | undefined {
  const typed = text.trim();
  if (typed === "now") return now;
  const ago = parseAgo(typed);
  if (ago !== undefined) return now - ago;
  if (/^\d{4}-\d\d-\d\d$/.test(typed)) return parseTime(`${typed}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(typed)) return parseTime(`${typed}Z`);
  return typed.includes(" ") ? undefined : parseTime(typed);
}

function parseAgo(text: string): number | undefined {
  const [, days] = /^(\d+\.?\d*|\.\d+)d$/.exec(text) ?? [];
  if (days !== undefined) return Number(days) * DAY_MS;
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

/** How long ago a moment was, cut off: `just now`, `5m ago`, `3h ago`, `2d ago`; `-` when unknown (spec/50 section 8.2). */
export function relativeTime(at: Instant | undefined, now: Instant): string {
  if (at === undefined) return "-";
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes}m ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ago`;
  return `${Math.floor(minutes / (24 * 60))}d ago`;
}

import { type Instant, parseTime } from "../../core/time.ts";
import type { ErrorEvent, LimitEvent } from "../events.ts";
import { clockTextTime } from "./clock-text.ts";

/** When a limit ends, and which sign said so. */
export interface ResetTime {
  readonly at: Instant;
  readonly source: "event" | "retry-after" | "relative text" | "clock text";
}

export interface ResetSigns {
  readonly error: ErrorEvent | undefined;
  readonly limit: LimitEvent | undefined;
  readonly now: Instant;
  /** Tells the IANA name of the host's time zone. */
  readonly hostZone: () => string;
  readonly profileId: string;
}

const SECOND_MS = 1000;
const FARTHEST_MS = 8 * 86_400_000;
const PAST_MS = 30 * SECOND_MS;
const MOST_JITTER_SECONDS = 15;

/** The time at which a limit ends (spec/15 section 2.3); undefined when nothing tells. */
export function resetTime(signs: ResetSigns): ResetTime | undefined {
  const told = toldTime(signs);
  if (told === undefined) return undefined;
  const { now, profileId } = signs;
  const at = told.at < now ? now + PAST_MS : Math.min(told.at, now + FARTHEST_MS);
  return { ...told, at: at + jitter(profileId, told.at) };
}

function toldTime({ error, limit, now, hostZone }: ResetSigns): ResetTime | undefined {
  const text = `${error?.text ?? ""}\n${error?.body ?? ""}`;
  const candidates: [ResetTime["source"], Instant | undefined][] = [
    ["event", limit?.resetAt ?? timeInBody(text)],
    ["retry-after", retryAfterTime(error?.retryAfter, now)],
    ["relative text", relativeTime(text, now)],
    ["clock text", clockTextTime(text, now, hostZone)],
  ];
  for (const [source, at] of candidates) if (at !== undefined) return { source, at };
  return undefined;
}

/** `"resets_at": <unix seconds or ISO>` in the answer of a provider that is passed on. */
function timeInBody(text: string): Instant | undefined {
  const [, seconds, iso] = /"resets_?at"\s*:\s*(?:(\d{9,11})\b|"([^"]+)")/i.exec(text) ?? [];
  return seconds === undefined ? parseTime(iso) : Number(seconds) * SECOND_MS;
}

function retryAfterTime(value: string | undefined, now: Instant): Instant | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return now + Number(value) * SECOND_MS;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: SECOND_MS,
};

const RELATIVE =
  /\b(?:resets?|try again|retry|available(?: again)?) (?:in|after) ((?:\d+(?:\.\d+)?\s*(?:days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms])\b[\s,]*(?:and\s+)?)+)/i;

/** `try again in 2 days 3 hours 5 minutes`, `retry after 20s`, `"resets_in_seconds": 300`. */
function relativeTime(text: string, now: Instant): Instant | undefined {
  const [, seconds] = /"resets_in_seconds"\s*:\s*(\d+)/.exec(text) ?? [];
  if (seconds !== undefined) return now + Number(seconds) * SECOND_MS;
  const [, parts] = RELATIVE.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let length = 0;
  for (const [, count, unit = ""] of parts.matchAll(/(\d+(?:\.\d+)?)\s*([dhms])/gi)) {
    length += Number(count) * (UNITS_MS[unit.toLowerCase()] ?? 0);
  }
  return now + length;
}

/** 1 to 15 s, the same for one profile and reset wherever it is worked out, so that profiles do not all return at once. */
function jitter(profileId: string, reset: Instant): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const character of `${profileId} ${reset}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return (1 + (hash % MOST_JITTER_SECONDS)) * SECOND_MS;
}

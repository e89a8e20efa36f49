import { invalid } from "./errors.ts";

/** A length of time in milliseconds; fractions are allowed (a nanosecond is 1e-6). */
export type Milliseconds = number;

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  "\u00b5s": 1e-3,
  "\u03bcs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** As in Go, whose durations are 64-bit nanoseconds: about 292 years. */
const LONGEST: Milliseconds = 2 ** 63 / 1e6;

const PART = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/**
 * Reads a Go-style duration such as `1h30m`, `250ms`, `-1.5s` or `0` (spec/20 section 1.3).
 * Throws `invalid duration "<text>"`.
 */
export function parseDuration(text: string): Milliseconds {
  const sign = text.startsWith("-") ? -1 : 1;
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === "0") return 0;
  let total = 0;
  let at = 0;
  while (at < body.length) {
    PART.lastIndex = at;
    const [whole, number, unit] = PART.exec(body) ?? [];
    if (whole === undefined || number === undefined || unit === undefined) throw invalidDuration(text);
    total += Number(number) * (UNIT_MS[unit] ?? 0);
    at += whole.length;
  }
  if (at === 0 || total > LONGEST) throw invalidDuration(text);
  return total === 0 ? 0 : sign * total;
}

/** As `parseDuration`, and a bare non-negative integer means seconds: the form of the command line. */
export function parseCommandLineDuration(text: string): Milliseconds {
  if (!/^\d+$/.test(text)) return parseDuration(text);
  const duration = Number(text) * 1000;
  if (duration > LONGEST) throw invalidDuration(text);
  return duration;
}

const invalidDuration = (text: string) => invalid(`invalid duration ${JSON.stringify(text)}`);

/** Whole seconds, rounded to the nearest. */
export const toSeconds = (duration: Milliseconds): number => Math.round(duration / 1000);

/** Whole seconds, rounded up, so that a wait is never shorter than asked. */
export const toSecondsUp = (duration: Milliseconds): number => Math.ceil(duration / 1000);

/** The short form of Go: `2s`, `1m30s`, `1h0m0s`, `1.5s`, `250ms`, `0s`. Precise to the microsecond. */
export function formatDuration(duration: Milliseconds): string {
  if (duration < 0) return `-${formatDuration(-duration)}`;
  const micros = Math.round(duration * 1000);
  if (micros === 0) return "0s";
  if (micros < 1000) return `${micros}\u00b5s`;
  if (micros < 1_000_000) return `${micros / 1000}ms`;
  const hours = Math.floor(micros / 3.6e9);
  const minutes = Math.floor((micros % 3.6e9) / 6e7);
  const seconds = (micros % 6e7) / 1e6;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  if (minutes > 0) return `${minutes}m${seconds}s`;
  return `${seconds}s`;
}

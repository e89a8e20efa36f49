import type { Milliseconds } from "../core/duration.ts";

/** Failures in a row that change nothing: one may be chance, two bad luck (spec/10 section 4.4). */
const FREE_FAILURES = 2;
const FIRST_BACKOFF_MS = 5_000;
const LONGEST_BACKOFF_MS = 10 * 60_000;

/** How long to wait after so many failures in a row; undefined when the interval is long enough. */
export function failureBackoff(failures: number, interval: Milliseconds): Milliseconds | undefined {
  if (failures <= FREE_FAILURES) return undefined;
  const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - FREE_FAILURES - 1));
  return Math.max(interval, backoff);
}

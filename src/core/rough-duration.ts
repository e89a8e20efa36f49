import type { Milliseconds } from "./duration.ts";

const UNITS: readonly (readonly [letter: string, ms: Milliseconds])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];

/** A length of time as people say it: its largest unit and, unless that is zero, the next one: `42s`, `12m`, `1h30m`, `2d3h`. */
export function roughDuration(duration: Milliseconds): string {
  const largest = UNITS.findIndex(([, ms]) => duration >= ms);
  if (largest < 0) return "0s";
  let rest = duration;
  const parts = UNITS.slice(largest, largest + 2).map(([letter, ms]) => {
    const count = Math.floor(rest / ms);
    rest -= count * ms;
    return count === 0 ? "" : `${count}${letter}`;
  });
  return parts.join("");
}

import type { Bytes } from "./size.ts";

const UNITS = ["KB", "MB", "GB", "TB"] as const;

/** An amount of data as people say it, in decimal units: `512B`, `1.2KB`, `37MB`. */
export function roughSize(size: Bytes): string {
  if (size < 1000) return `${size}B`;
  let value = size;
  let unit: (typeof UNITS)[number] = "KB";
  for (const larger of UNITS) {
    value /= 1000;
    unit = larger;
    // What would be shown as 1000 belongs to the next unit.
    if (value < 999.5) break;
  }
  return value < 9.95 ? `${value.toFixed(1)}${unit}` : `${Math.round(value)}${unit}`;
}

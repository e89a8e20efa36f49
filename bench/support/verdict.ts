import { smoke } from "./mode.ts";

/** Prints a figure that has no bar. */
export function figure(what: string, value: string): void {
  console.log(`  ${what}: ${value}`);
}

/** Holds a ratio against its bar and prints both. A missed bar makes the script exit 1, except in smoke mode. */
export function bar(what: string, ratio: number, atMost: number): void {
  const met = ratio <= atMost;
  const verdict = smoke ? "not judged" : met ? "met" : "MISSED";
  console.log(`  ${what}: ${ratio.toFixed(2)} (bar: at most ${atMost}; ${verdict})`);
  if (!met && !smoke) process.exitCode = 1;
}

export const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;

import { ADJECTIVES, NAMES } from "./loop-name-words.ts";
import { formatTime, type Instant } from "./time.ts";

export interface NameSource {
  /** Uniform in [0, 1). */
  random: () => number;
  /** Whether a loop of any repository has this name. */
  taken: (name: string) => boolean;
  /** For the names of last resort. */
  now: Instant;
}

/** How often names of one form are tried before the next form: twice the number of pairs (spec/20 section 6.2). */
const TRIES = 2 * ADJECTIVES.length * NAMES.length;

/**
 * A name that is not taken, such as `zesty-otter`; with three words when those are used up, and at last from the time
 * of day (UTC): `loop-030405`, `loop-030405-1`, ...
 */
export function generateLoopName(source: NameSource): string {
  const pick = (from: readonly string[]) => from[Math.floor(source.random() * from.length)] ?? "";
  const pair = () => `${pick(ADJECTIVES)}-${pick(NAMES)}`;
  const triple = () => `${pair()}-${pick(NAMES)}`;
  return firstFree(pair, source) ?? firstFree(triple, source) ?? nameOfTheHour(source);
}

function firstFree(draw: () => string, { taken }: NameSource): string | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const name = draw();
    if (!taken(name)) return name;
  }
  return undefined;
}

function nameOfTheHour({ taken, now }: NameSource): string {
  const name = `loop-${formatTime(now).slice(11, 19).replaceAll(":", "")}`;
  if (!taken(name)) return name;
  let number = 1;
  while (taken(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}

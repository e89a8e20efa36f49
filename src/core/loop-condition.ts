import { invalid } from "./errors.ts";
import type { LoopState } from "./loop.ts";

/** What is looked at when somebody waits for a loop. */
export interface LoopProgress {
  readonly state: LoopState;
  /** Runs that have not ended. */
  readonly running: number;
  /** Runs that have ended. */
  readonly recorded: number;
  /** Queue items that wait. */
  readonly pending: number;
}

/** Whether a loop fulfils a condition; `atStart` is what was seen when the waiting began. */
export type LoopCondition = (now: LoopProgress, atStart: LoopProgress) => boolean;

const inState =
  (...states: LoopState[]): LoopCondition =>
  ({ state }) =>
    states.includes(state);

/** Conditions by their word (spec/20 section 19.1). */
const CONDITIONS = new Map<string, LoopCondition>([
  ["stopped", inState("stopped", "error")],
  ["sleeping", inState("sleeping")],
  ["waiting", inState("waiting")],
  ["running", inState("running")],
  ["error", inState("error")],
  ["idle", ({ running, pending }) => running === 0 && pending === 0],
  ["queue-empty", ({ pending }) => pending === 0],
  ["run-done", (now, atStart) => now.recorded > atStart.recorded],
]);

/** How a condition on the number of runs is told. */
const RUNS = /^runs=(\d+)$/;

export const LOOP_CONDITION_WORDS: readonly string[] = [...CONDITIONS.keys(), "runs=N"];

/** Throws `invalid condition '<word>'; valid conditions: [...]`. */
export function parseLoopCondition(word: string): LoopCondition {
  const condition = CONDITIONS.get(word);
  if (condition) return condition;
  const [, runs] = RUNS.exec(word) ?? [];
  if (runs !== undefined) return ({ recorded }) => recorded >= Number(runs);
  throw invalidCondition(word, LOOP_CONDITION_WORDS);
}

export const invalidCondition = (word: string, valid: readonly string[], hint?: string) =>
  invalid(`invalid condition '${word}'; valid conditions: [${valid.join(" ")}]`, { hint });

import { join } from "node:path";

/** What the scripted harness can be told to do. */
export type Step =
  /** A line on standard output. */
  | ["print", text: string]
  /** As it is, with the escapes of `printf %b`. */
  | ["raw", text: string]
  /** A line on standard error. */
  | ["complain", text: string]
  /** The prompt that it was given: by the environment, else on standard input. */
  | ["prompt"]
  /** The value of a variable, or `no NAME`. */
  | ["show", variable: string]
  /** So many bytes without a line feed. */
  | ["bytes", count: number]
  /** Appends the run's id to a file: who looks there sees that the run was here. */
  | ["mark", path: string]
  /** Waits until a file exists. */
  | ["await", path: string]
  | ["sleep", seconds: number]
  | ["hang"]
  | ["ignore-term"]
  /** A child in the same group. */
  | ["fork"]
  /** The same, ignoring TERM. */
  | ["fork-stubborn"]
  /** A grandchild in a session of its own that ignores TERM, its parent gone. */
  | ["double-fork"]
  /** A child that keeps the output open. */
  | ["hold-output"]
  | ["exit", code: number]
  /** Ends itself by a signal such as `KILL`. */
  | ["die", signal: string];

/** The command line of a harness that takes these steps and then exits 0. */
export const scriptedHarness = (...steps: Step[]): string =>
  [join(import.meta.dir, "scripted-harness.sh"), ...steps.flat().map(String)].map(quoted).join(" ");

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

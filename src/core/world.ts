import type { Clock } from "./time.ts";

/**
 * What the program finds around it, made once in `main.ts` and handed down, so that tests can hold it still. Nothing else
 * in Forge reads the clock, the environment, the working directory or the terminal by itself.
 */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly now: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The real file of the running program, captured at the start (a replaced executable loses its name). */
  readonly executable: string;
  /** Whether a standard stream is a terminal. */
  readonly isTerminal: (fd: 0 | 1 | 2) => boolean;
}

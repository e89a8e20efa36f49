import type { RunGuard } from "./run-guards.ts";

/** Has a run that tries whether a limit is over tell so with its first words (spec/15 section 4.2); it never ends one. */
export function limitProbe(onAnswer: () => Promise<void>): RunGuard {
  let hasTold = false;
  return {
    look: async ({ hasAnswered }) => {
      if (hasAnswered && !hasTold) {
        hasTold = true;
        await onAnswer();
      }
      return {};
    },
  };
}

import { type ForgeError, toForgeError } from "../core/errors.ts";
import type { QueueItemId, RunId } from "../core/ids.ts";
import type { QueueItemDraft } from "../core/queue-payload.ts";
import type { Wanted } from "../store/fx-loops.ts";

/** Why and how a runner ends: what is logged and what is written last, in one transaction. */
export interface Ending {
  readonly state: "stopped" | "error";
  /** A line of the log. */
  readonly log?: string | undefined;
  /** Left as it is when undefined. */
  readonly lastError?: string | undefined;
  /** Queue items that are done with it. */
  readonly completes?: readonly QueueItemId[] | undefined;
  /** What the next runner finds in the queue. */
  readonly enqueues?: readonly QueueItemDraft[] | undefined;
  /** The run whose last step this is. */
  readonly recordedRun?: RunId | undefined;
  readonly wanted?: Wanted | undefined;
  /** Thrown by the runner when all is written. */
  readonly failure?: ForgeError | undefined;
}

/** A reason to stop that is logged and kept in the same words. */
export const stopBecause = (reason: string): Ending => ({ state: "stopped", log: reason, lastError: reason });

/** The loop was removed while its runner lived: nothing is written back. */
export class LoopGone extends Error {}

/** The loop belongs to another runner now, or will: nothing is written, and a harness that runs is left to it. */
export class HandedOver extends Error {}

/**
 * The end that an error leads to, told as `<what>: <message>`. What takes the loop out of this runner's hands is no error
 * and is thrown on.
 */
export function errorEnding(what: string, thrown: unknown): Ending {
  if (thrown instanceof LoopGone || thrown instanceof HandedOver) throw thrown;
  const failure = toForgeError(thrown);
  return { state: "error", log: `${what}: ${failure.message}`, lastError: failure.message, failure };
}

/** The value, or the ending that an error leads to. */
export function attempt<T>(what: string, compute: () => T): { value: T } | { ending: Ending } {
  try {
    return { value: compute() };
  } catch (thrown) {
    return { ending: errorEnding(what, thrown) };
  }
}

import type { WantedLoop } from "../store/wanted-loops.ts";

/** What becomes of a loop that should be running when its runner is gone (spec/10 section 15.1). */
export type Decision =
  /** It goes on where it was. */
  | "go on"
  /** It was running before this machine restarted and is left, `stale_runner`. */
  | "leave behind"
  /** Another program has stopped it since: it is not wanted any more. */
  | "respect";

export interface DecisionFacts {
  readonly bootId: string;
  /** Whether loops of an earlier boot go on too: a person or the service manager has started the supervisor. */
  readonly takesEarlierBoots: boolean;
}

/** Decides for a loop that is `wanted` running. */
export function decide(
  { loop, runtime }: WantedLoop,
  { bootId, takesEarlierBoots }: DecisionFacts,
): Decision {
  if (!wasRunning(loop)) return "respect";
  return runtime.bootId === bootId || takesEarlierBoots ? "go on" : "leave behind";
}

/** By its row: other programs stop a loop there, and may have taken a dead runner's loop for stale. */
const wasRunning = ({ state, lastError }: WantedLoop["loop"]): boolean =>
  state === "running" ||
  state === "sleeping" ||
  state === "waiting" ||
  (state === "stopped" && lastError === "stale_runner");

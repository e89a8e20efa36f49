import { isActive } from "../core/loop-state.ts";
import type { WantedLoop } from "../store/wanted-loops.ts";

/** What becomes of a loop that should be running when its runner is gone (spec/10 section 15.1). */
export type Decision =
  /** It goes on where it was. */
  | "go on"
  /** It stops as `stale_runner` and is held for the next `forge daemon start`. */
  | "leave behind"
  /** Another program has stopped it since: it is not wanted any more. */
  | "respect";

export interface DecisionFacts {
  readonly bootId: string;
  /** Which loops go on: those that ran since this machine started, those of earlier boots too, or none. */
  readonly takesUp: "this boot" | "all" | "none";
}

/** Decides for a loop that is `wanted` running. */
export function decide({ loop, runtime }: WantedLoop, { bootId, takesUp }: DecisionFacts): Decision {
  if (!isActive(loop) && loop.lastError !== STALE) return "respect";
  if (takesUp === "none") return "leave behind";
  return takesUp === "all" || runtime.bootId === bootId ? "go on" : "leave behind";
}

/** What other programs write into a loop whose runner they take for dead. */
export const STALE = "stale_runner";

import type { Loop } from "../core/loop.ts";
import { type Ending, HandedOver, stopBecause } from "./ending.ts";
import { reachedLimit } from "./limits.ts";
import type { Session } from "./session.ts";

/** The end that the runner's owner asks for. Throws `HandedOver` when the loop is to stay as it is. */
export function requestedEnd({ control, deps }: Session): Ending | undefined {
  if (control.request === undefined) return undefined;
  if (control.request === "hand over") throw new HandedOver();
  const ending: Ending = { state: "stopped", log: "loop context cancelled" };
  // `forge daemon stop`, with --now too, keeps the loop for the next `forge daemon start`.
  return deps.owner === "daemon" ? { ...ending, wanted: "held" } : ending;
}

/** The end of a loop that has run often or long enough. */
export function limitReached(session: Session, loop: Loop): Ending | undefined {
  const reason = reachedLimit(loop, session.now());
  return reason === undefined ? undefined : stopBecause(reason);
}

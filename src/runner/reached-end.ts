import { amountText } from "../core/budget-amount.ts";
import type { Loop } from "../core/loop.ts";
import { reachedLimitOfUp } from "../store/budget-gate.ts";
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
  const reason = reachedLimit(loop, session.now()) ?? reachedSpendLimit(session, loop);
  return reason === undefined ? undefined : stopBecause(reason);
}

/** What `--max-cost` and `--max-tokens` allow does not hold a further run (spec/15 section 5.3). */
function reachedSpendLimit(session: Session, { id: loopId, profileId, repoPath }: Loop): string | undefined {
  const { db, config } = session.deps;
  const run = { loopId, profileId, poolId: undefined, repoPath };
  const use = reachedLimitOfUp(db, run, session.now(), config.budget);
  if (use === undefined) return undefined;
  const { unit, amount } = use.budget;
  return unit === "usd" ? `max cost reached (${amountText(unit, amount)})` : `max tokens reached (${amount})`;
}

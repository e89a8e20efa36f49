import { ForgeError } from "../core/errors.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import type { Ending } from "./ending.ts";
import { hasOrder, orderedEnd } from "./orders.ts";
import { selectProfile } from "./profile-selection.ts";
import type { QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

const WAIT_KIND = "profile";

/**
 * Waits until a profile may be free: until the moment that is printed, at the latest; earlier when a slot or a cooldown
 * ends or an operator gives an order. An order to end is the answer.
 */
export async function waitForProfile(
  session: Session,
  until: Instant,
  plan: QueuePlan,
): Promise<Ending | undefined> {
  await enterWaiting(session, until);
  using _slots = session.deps.wakeUps.subscribeToSlots(() => session.attention.call());
  await session.sleepUntil(until, () => hasOrder(session, plan.pendingIds) || profileMayBeFree(session));
  return orderedEnd(session, "requested");
}

/** A wait that goes on is renewed without a word. */
async function enterWaiting(session: Session, until: Instant): Promise<void> {
  const { db } = session.deps;
  const text = `waiting for profile availability until ${formatTime(until)}`;
  const before = findLoopRuntime(db, session.loopId)?.wait;
  const isRenewal = session.loop().state === "waiting" && before?.kind === WAIT_KIND;
  const since = isRenewal ? before.since : session.now();
  await session.patch({
    state: "waiting",
    lastError: text,
    metadata: { waitUntil: until },
    runtime: { wait: { kind: WAIT_KIND, since, until } },
  });
  if (!isRenewal) session.log.line(text);
}

/** An error is found, and told, by the next pass. */
function profileMayBeFree(session: Session): boolean {
  const { db, config } = session.deps;
  try {
    return selectProfile(db, config, session.loop(), session.now()).profile !== undefined;
  } catch (thrown) {
    if (thrown instanceof ForgeError) return true;
    throw thrown;
  }
}

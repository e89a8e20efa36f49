import { ForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { countOlderWaiters, hasWaitersElsewhere } from "../store/profile-waiters.ts";
import type { Ending } from "./ending.ts";
import { freeLeakedSlots } from "./leaked-slots.ts";
import { hasOrder, orderedEnd } from "./orders.ts";
import { type NoProfile, selectProfile } from "./profile-selection.ts";
import type { QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

const WAIT_KIND = "profile";

/** Who has waited longer goes first: a younger waiter gives each older one this much time to take what is free. */
const TURN_MS = 20;
const LONGEST_TURN_MS = 500;
/** Longer than other processes take to see a change of the database (`NET_MS` of the wake-ups) and to claim. */
const GIVES_WAY_MS = 350;

/**
 * Waits until a profile may be free: until the moment that is printed, at the latest; earlier when a slot or a cooldown
 * ends or an operator gives an order. An order to end is the answer.
 */
export async function waitForProfile(
  session: Session,
  { until, busy }: NoProfile,
  plan: QueuePlan,
): Promise<Ending | undefined> {
  const since = await enterWaiting(session, until);
  await freeLeakedSlots(session, busy);
  using _slots = session.deps.wakeUps.subscribeToSlots(() => session.attention.call());
  await session.sleepUntil(until, () => hasOrder(session, plan.pendingIds) || profileMayBeFree(session));
  const older = countOlderWaiters(session.deps.db, session.loop(), since);
  if (older > 0) await Bun.sleep(Math.min(older * TURN_MS, LONGEST_TURN_MS));
  return orderedEnd(session, "requested");
}

/**
 * Lets loops of other processes have the slot that this one has just left: they see that it is free only when they look at
 * the database, and a loop that does not rest between its runs would always be faster.
 */
export async function giveWay(session: Session, loop: Loop): Promise<void> {
  const { db, instanceId } = session.deps;
  if (loop.state === "waiting" || !hasWaitersElsewhere(db, loop, instanceId, session.now())) return;
  await session.sleepUntil(session.now() + GIVES_WAY_MS, () => false);
}

/** A wait that goes on is renewed without a word. The answer is when it began. */
async function enterWaiting(session: Session, until: Instant): Promise<Instant> {
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
  return since;
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

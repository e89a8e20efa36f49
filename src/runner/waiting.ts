import { ForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import type { ProfileWait } from "../core/profile-wait.ts";
import type { Instant } from "../core/time.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { countOlderWaiters, hasWaitersElsewhere } from "../store/profile-waiters.ts";
import type { Ending } from "./ending.ts";
import { freeLeakedSlots } from "./leaked-slots.ts";
import { hasOrder, orderedEnd } from "./orders.ts";
import { type NoProfile, selectProfile } from "./profile-selection.ts";
import type { QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

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
  { wait, busy }: NoProfile,
  plan: QueuePlan,
): Promise<Ending | undefined> {
  const since = await enterWaiting(session, wait);
  // Whoever waits may try again what it has tried before.
  session.tried.clear();
  await freeLeakedSlots(session, busy);
  using _slots = session.deps.wakeUps.subscribeToSlots(() => session.attention.call());
  const isOver = () =>
    hasOrder(session, plan.pendingIds) || isAskedToLook(session) || profileMayBeFree(session);
  await session.sleepUntil(wait.until, isOver);
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
async function enterWaiting(session: Session, { kind, reason, until, text }: ProfileWait): Promise<Instant> {
  const before = findLoopRuntime(session.deps.db, session.loopId)?.wait;
  const isRenewal = session.loop().state === "waiting" && before?.kind === kind;
  const since = isRenewal ? before.since : session.now();
  await session.patch({
    state: "waiting",
    lastError: text,
    metadata: { waitUntil: until ?? null },
    runtime: { wait: { kind, reason, since, until } },
  });
  if (!isRenewal) session.log.line(text);
  return since;
}

/** `forge resume` takes the reason to wait away. */
const isAskedToLook = ({ deps, loopId }: Session): boolean =>
  findLoopRuntime(deps.db, loopId)?.wait === undefined;

/** An error is found, and told, by the next pass. */
function profileMayBeFree(session: Session): boolean {
  const { db, config } = session.deps;
  const context = { db, config, now: session.now(), tried: session.tried };
  try {
    return selectProfile(context, session.loop()).profile !== undefined;
  } catch (thrown) {
    if (thrown instanceof ForgeError) return true;
    throw thrown;
  }
}

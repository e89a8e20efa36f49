import type { Milliseconds } from "../core/duration.ts";
import { ForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import type { ProfileWait } from "../core/profile-wait.ts";
import type { Instant } from "../core/time.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import type { LoopPatch } from "../store/loop-updates.ts";
import { countOlderWaiters, countWaiters } from "../store/profile-waiters.ts";
import { noteBudgetWait } from "./budget-wait.ts";
import type { Ending } from "./ending.ts";
import { freeLeakedSlots } from "./leaked-slots.ts";
import { hasOrder, orderedEnd } from "./orders.ts";
import { type NoProfile, selectProfile } from "./profile-selection.ts";
import type { QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

/** Who has waited longer goes first: a younger waiter gives each older one this much time to take what is free. */
const TURN_MS = 50;
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
  // The one run of `forge run` was there; on no other profile can its work be done now.
  if (session.isSingle && session.tried.size > 0)
    return { state: "stopped", lastError: wait.text, log: wait.text };
  const since = await enterWaiting(session, wait);
  // Whoever waits may try again what it has tried before.
  session.tried.clear();
  await freeLeakedSlots(session, busy);
  if (wait.budget) await noteBudgetWait(session, wait.budget);
  using _slots = session.deps.wakeUps.subscribeToSlots(() => session.attention.call());
  const place = { since, isForBudget: isForBudget(wait) };
  const hasWord = () => hasOrder(session, plan.pendingIds) || isAskedToLook(session);
  const isOver = () => hasWord() || outlook(session, wait) !== "same";
  for (;;) {
    await session.sleepUntil(wait.until, isOver);
    if (session.control.request !== undefined || hasWord()) break;
    if (outlook(session, wait) === "free")
      await holdBack(session, () => turnAfter(countOlderWaiters(session.deps.db, session.loop(), place)));
    // Where an older waiter has taken what was free, the wait just goes on.
    if (isOver() || hasPassed(wait.until, session.now())) break;
  }
  return orderedEnd(session, "requested");
}

/** Lets others go first for as long as `turn` says, which is asked again whenever one of them may have gone. */
async function holdBack(session: Session, turn: () => Milliseconds): Promise<void> {
  using _turns = session.deps.wakeUps.subscribeToTurns(() => session.attention.call());
  const from = performance.now();
  while (session.control.request === undefined) {
    const left = from + turn() - performance.now();
    if (left <= 0) return;
    await session.attention.next(left);
  }
}

const hasPassed = (until: Instant | undefined, now: Instant): boolean => until !== undefined && until <= now;

/** How long a waiter holds back for so many others that have waited longer. */
export const turnAfter = (older: number): Milliseconds => Math.min(older * TURN_MS, LONGEST_TURN_MS);

/**
 * Lets loops that wait have the slot that this one has just left: a loop that does not rest between its runs would always be
 * faster, above all than those of other processes, which see that it is free only when they look at the database.
 */
export async function giveWay(session: Session, loop: Loop): Promise<void> {
  const { db, instanceId, wakeUps } = session.deps;
  if (loop.state === "waiting") return;
  const turn = () => {
    const { here, elsewhere } = countWaiters(db, loop, instanceId, session.now());
    return elsewhere > 0 ? GIVES_WAY_MS : turnAfter(here);
  };
  if (turn() === 0) return;
  await session.flush();
  using _slots = wakeUps.subscribeToSlots(() => session.attention.call());
  await holdBack(session, turn);
}

/**
 * A wait that goes on is renewed without a word, and a loop keeps its place when its profiles are parked meanwhile or
 * cleared. The answer is when the wait began.
 */
async function enterWaiting(session: Session, wait: ProfileWait): Promise<Instant> {
  const isWaiting = session.loop().state === "waiting";
  const before = isWaiting ? findLoopRuntime(session.deps.db, session.loopId)?.wait : undefined;
  const keepsPlace = before !== undefined && isForBudget(before) === isForBudget(wait);
  const since = keepsPlace ? before.since : session.now();
  await session.patch(waitPatch(wait, since));
  if (before?.kind !== wait.kind) session.log.line(wait.text);
  return since;
}

const isForBudget = ({ kind }: { readonly kind: string }): boolean => kind === "budget";

/** What the row of a loop says while it waits. */
export const waitPatch = ({ kind, reason, until, text }: ProfileWait, since: Instant): LoopPatch => ({
  state: "waiting",
  lastError: text,
  metadata: { waitUntil: until ?? null },
  runtime: { wait: { kind, reason, since, until } },
});

/** `forge resume` takes the reason to wait away. */
const isAskedToLook = ({ deps, loopId }: Session): boolean =>
  findLoopRuntime(deps.db, loopId)?.wait === undefined;

/**
 * What a waiting loop would find now: a profile, or an error, which the next pass tells; another reason to wait, or an
 * earlier end of it; or what it has found before.
 */
function outlook(session: Session, wait: ProfileWait): "free" | "changed" | "same" {
  const { db, config } = session.deps;
  const context = { db, config, now: session.now(), tried: session.tried };
  try {
    const { profile, wait: next } = selectProfile(context, session.loop());
    if (profile !== undefined) return "free";
    const isEarlier = (next.until ?? Number.POSITIVE_INFINITY) < (wait.until ?? Number.POSITIVE_INFINITY);
    return next.kind !== wait.kind || isEarlier || !isSameBudget(next, wait) ? "changed" : "same";
  } catch (thrown) {
    if (thrown instanceof ForgeError) return "free";
    throw thrown;
  }
}

const isSameBudget = ({ budget: one }: ProfileWait, { budget: other }: ProfileWait): boolean =>
  one?.budget.id === other?.budget.id && one?.budget.amount === other?.budget.amount;

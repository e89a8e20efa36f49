import { formatDuration } from "../core/duration.ts";
import type { Loop } from "../core/loop.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { finishQueueItems } from "../store/loop-queue.ts";
import { failureBackoff } from "./backoff.ts";
import type { Ending } from "./ending.ts";
import { hasOrder, hasOrderOrMessage, orderedEnd } from "./orders.ts";
import type { PlannedPause } from "./queue-plan.ts";
import type { Session } from "./session.ts";

/**
 * Sleeps through a pause of an operator. One that is cut short, by an order or by a steer, is `skipped`; an order to end
 * is the answer.
 */
export async function pause(
  session: Session,
  { itemId, duration }: PlannedPause,
): Promise<Ending | undefined> {
  session.log.line(`pause for ${formatDuration(duration)}`);
  await session.patch({ state: "sleeping" });
  const until = session.now() + duration;
  await session.sleepUntil(until, () => hasOrder(session));
  // Asked to end: the pause is kept for the next runner.
  if (session.control.request !== undefined && session.now() < until) return undefined;
  const status = session.now() < until ? "skipped" : "completed";
  await session.transact(() => finishQueueItems(session.deps.db, [itemId], status, session.now()));
  return orderedEnd(session, "requested");
}

/** Sleeps between two runs, from the end of the first: the interval, or longer after failures in a row (spec/10 section 4.4). */
export async function restBetweenRuns(
  session: Session,
  { intervalSeconds, state }: Loop,
  since = session.now(),
): Promise<Ending | undefined> {
  const { deps, loopId } = session;
  // A runner that goes on after a crash comes here without a run of its own.
  if (state !== "sleeping") await session.patch({ state: "sleeping" });
  const interval = intervalSeconds * 1000;
  const failures = findLoopRuntime(deps.db, loopId)?.streaks.failures ?? 0;
  const backoff = deps.config.loopDefaults.failureBackoff ? failureBackoff(failures, interval) : undefined;
  if (backoff === undefined && interval === 0) return undefined;
  if (backoff !== undefined)
    session.log.line(`backing off for ${formatDuration(backoff)} after ${failures} failures`);
  const until = since + (backoff ?? interval);
  const isOver = backoff === undefined ? hasOrder : hasOrderOrMessage;
  await session.sleepUntil(until, () => isOver(session));
  return orderedEnd(session, "requested");
}

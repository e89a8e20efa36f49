import type { QueueItemId } from "../core/ids.ts";
import type { QueueItem } from "../core/queue.ts";
import { decodeQueueItem } from "../core/queue-payload.ts";
import { listPending } from "../store/loop-queue.ts";
import type { Ending } from "./ending.ts";
import type { Session } from "./session.ts";

/** What an operator wants of a run that is going on (spec/10 section 5.3). */
export type Interruption =
  | { readonly kind: "kill"; readonly reason: string; readonly itemIds: readonly QueueItemId[] }
  | { readonly kind: "steer"; readonly texts: readonly string[]; readonly itemIds: readonly QueueItemId[] };

/** Who gives orders without a word of why. */
export const DEFAULT_KILL_REASON = "operator";

/** The first kill or steer in the queue that is not part of the run's own plan; whatever its time. */
export function findInterruption(
  session: Session,
  planned: readonly QueueItemId[],
): Interruption | undefined {
  const waiting = pendingOf(session).filter(({ id }) => !planned.includes(id));
  const first = waiting.find(({ type }) => type === "kill_now" || type === "steer_message");
  if (first === undefined) return undefined;
  const same = waiting.filter(({ type }) => type === first.type);
  const itemIds = same.map(({ id }) => id);
  if (first.type === "kill_now") return { kind: "kill", reason: killReason(first), itemIds };
  const texts = same.flatMap((item) => steerText(item) ?? []);
  // Items that cannot be read are taken out of the queue by the next pass.
  return texts.length === 0 ? undefined : { kind: "steer", texts, itemIds };
}

function killReason(item: QueueItem): string {
  const { request } = decodeQueueItem(item);
  return (request?.type === "kill_now" && request.payload.reason) || DEFAULT_KILL_REASON;
}

function steerText(item: QueueItem): string | undefined {
  const { request } = decodeQueueItem(item);
  return request?.type === "steer_message" ? request.payload.message : undefined;
}

/** Whether the queue holds something that ends a pause or a wait: an order to end, or a steer that is not known yet. */
export function hasOrder(session: Session, known: readonly QueueItemId[] = []): boolean {
  return pendingOf(session).some(
    ({ id, type }) => isEndOrder(type) || (type === "steer_message" && !known.includes(id)),
  );
}

/** As `hasOrder`, and any message or override: what may repair a loop that fails again and again. */
export const hasOrderOrMessage = (session: Session): boolean =>
  pendingOf(session).some(({ type }) => type !== "pause");

/**
 * The end that a kill or stop anywhere in the queue asks for, also behind a pause; `word` tells whether it was found
 * before a run or after one.
 */
export function orderedEnd(session: Session, word: "requested" | "queued"): Ending | undefined {
  const pending = pendingOf(session);
  const all = (wanted: string) => pending.filter(({ type }) => type === wanted).map(({ id }) => id);
  const kills = all("kill_now");
  if (kills.length > 0) return { state: "stopped", log: `kill ${word}`, completes: kills };
  const stops = all("stop_graceful");
  if (stops.length > 0) return { state: "stopped", log: `graceful stop ${word}`, completes: stops };
  return undefined;
}

const isEndOrder = (type: string): boolean => type === "kill_now" || type === "stop_graceful";

/** The items that wait. Throws as `session.check`, so that whoever waits sees that the loop is gone. */
function pendingOf(session: Session): QueueItem[] {
  session.check();
  return listPending(session.deps.db, session.loopId);
}

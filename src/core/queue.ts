import { enumParser } from "./enum.ts";
import type { LoopId, QueueItemId } from "./ids.ts";
import { jsonOrText, omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";

export const QUEUE_ITEM_TYPES = [
  "message_append",
  "next_prompt_override",
  "pause",
  "stop_graceful",
  "kill_now",
  "steer_message",
] as const;
export type QueueItemType = (typeof QUEUE_ITEM_TYPES)[number];

/** Throws `unknown loop queue item type "<text>"`. */
export const parseQueueItemType = enumParser(
  QUEUE_ITEM_TYPES,
  (text) => `unknown loop queue item type "${text}"`,
);

export const QUEUE_ITEM_STATUSES = ["pending", "dispatched", "completed", "failed", "skipped"] as const;
export type QueueItemStatus = (typeof QUEUE_ITEM_STATUSES)[number];

const parseStoredStatus = enumParser(QUEUE_ITEM_STATUSES, (text) => `invalid queue item status: ${text}`);

/** `processing` is an alias of `dispatched` that is never written. Throws `invalid queue item status: <text>`. */
export const parseQueueItemStatus = (text: string): QueueItemStatus =>
  text === "processing" ? "dispatched" : parseStoredStatus(text);

/** What an operator asks of a loop; one variant per type (spec/10 section 1.3). */
export type QueueRequest =
  | { type: "message_append"; payload: { text: string } }
  | { type: "next_prompt_override"; payload: { prompt: string; is_path: boolean } }
  | { type: "pause"; payload: { duration_seconds: number; reason?: string } }
  | { type: "stop_graceful"; payload: { reason?: string } }
  | { type: "kill_now"; payload: { reason?: string } }
  | { type: "steer_message"; payload: { message: string } };

/** One row of `loop_queue_items`. Type and payload are as stored: a foreign writer may have put anything there. */
export interface QueueItem {
  id: QueueItemId;
  loopId: LoopId;
  type: string;
  position: number;
  status: QueueItemStatus;
  attempts: number;
  /** The JSON text of the payload, as stored. */
  payloadJson: string;
  createdAt: Instant;
  dispatchedAt?: Instant | undefined;
  completedAt?: Instant | undefined;
  error?: string | undefined;
}

/** A queue item as it is printed: the payload is embedded, as text where it is not JSON (spec/40 section 3). */
export const queueItemJson = (item: QueueItem) => ({
  id: item.id,
  loop_id: item.loopId,
  type: item.type,
  position: item.position,
  status: item.status,
  attempts: item.attempts,
  payload: jsonOrText(item.payloadJson),
  created_at: formatTime(item.createdAt),
  dispatched_at: optionalTime(item.dispatchedAt),
  completed_at: optionalTime(item.completedAt),
  error: omitEmpty(item.error),
});

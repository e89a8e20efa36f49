import type { LoopId, QueueItemId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const QUEUE_ITEM_TYPES = [
  "message_append",
  "next_prompt_override",
  "pause",
  "stop_graceful",
  "kill_now",
  "steer_message",
] as const;
export type QueueItemType = (typeof QUEUE_ITEM_TYPES)[number];

export const QUEUE_ITEM_STATUSES = ["pending", "dispatched", "completed", "failed", "skipped"] as const;
export type QueueItemStatus = (typeof QUEUE_ITEM_STATUSES)[number];

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

import { parseQueueItemStatus } from "../core/queue.ts";
import { parseTime } from "../core/time.ts";
import { readRequiredTime, readTextColumn } from "./columns.ts";

/** What the queues of loops and those of agents have in common, as stored. */
export interface QueueColumns {
  type: string;
  position: number;
  status: string;
  attempts: number;
  payload_json: string;
  error_message: string | null;
  created_at: string;
  dispatched_at: string | null;
  completed_at: string | null;
}

/** The same as the domain has it. */
export const readQueueColumns = (row: QueueColumns) => ({
  type: row.type,
  position: row.position,
  status: parseQueueItemStatus(row.status),
  attempts: row.attempts,
  payloadJson: row.payload_json,
  createdAt: readRequiredTime(row.created_at),
  dispatchedAt: parseTime(row.dispatched_at),
  completedAt: parseTime(row.completed_at),
  error: readTextColumn(row.error_message),
});

import { isOneOf } from "./enum.ts";
import { ForgeError, invalid } from "./errors.ts";
import { PayloadReader } from "./payload-reader.ts";
import { parseQueueItemType, QUEUE_ITEM_TYPES, type QueueItemType, type QueueRequest } from "./queue.ts";
import { isBlank, ValidationErrors } from "./validation.ts";

/** An item that is to be queued: what an operator asks, as it will be stored. Unknown keys of the payload are kept. */
export interface QueueItemDraft {
  type: string;
  /** JSON text. */
  payloadJson: string;
  attempts?: number | undefined;
}

/** The stored form of a request. */
export const queueItemDraft = ({ type, payload }: QueueRequest): QueueItemDraft => ({
  type,
  payloadJson: JSON.stringify(payload),
});

/**
 * Holds a batch against spec/40 section 4.1 before any of it is written. Throws
 * `invalid queue item at index <N>: <message>` for the first bad item, N from 0.
 */
export function validateQueueItems(items: readonly QueueItemDraft[]): void {
  items.forEach((item, index) => {
    try {
      validateQueueItem(item);
    } catch (thrown) {
      if (!(thrown instanceof ForgeError)) throw thrown;
      const { message, hint, details } = thrown;
      throw invalid(`invalid queue item at index ${index}: ${message}`, { hint, details });
    }
  });
}

/** Throws what is wrong with one item: first the row, then the payload by its type. */
export function validateQueueItem(item: QueueItemDraft): void {
  new ValidationErrors()
    .require(item.type, "type", "queue item type is required")
    .check((item.attempts ?? 0) >= 0, "attempts", "attempts must be >= 0")
    .require(item.payloadJson, "payload", "queue item payload is required")
    .throwIfAny();
  readRequest(parseQueueItemType(item.type), item.payloadJson);
}

/** What a stored item asks for, or why it cannot be done: the text for its `error_message`. */
export type DecodedQueueItem =
  | { readonly request: QueueRequest; readonly reason?: undefined }
  | { readonly request?: undefined; readonly reason: string };

/** Reads a stored item, whoever wrote it. Never throws: a bad item must not stop the loop (spec/10 section 5.1). */
export function decodeQueueItem(item: Pick<QueueItemDraft, "type" | "payloadJson">): DecodedQueueItem {
  if (!isOneOf(QUEUE_ITEM_TYPES, item.type)) return { reason: `unsupported queue item type "${item.type}"` };
  try {
    return { request: readRequest(item.type, item.payloadJson) };
  } catch (thrown) {
    if (thrown instanceof ForgeError) return { reason: thrown.message };
    throw thrown;
  }
}

function readRequest(type: QueueItemType, payloadJson: string): QueueRequest {
  const payload = new PayloadReader(type, payloadJson);
  const needs = (holds: boolean, requirement: string) => {
    if (!holds) throw invalid(`${type} payload ${requirement}`);
  };
  switch (type) {
    case "message_append": {
      const text = payload.text("text");
      needs(!isBlank(text), "text is required");
      return { type, payload: { text } };
    }
    case "next_prompt_override": {
      const prompt = payload.text("prompt");
      const isPath = payload.boolean("is_path");
      needs(!isBlank(prompt), "prompt is required");
      return { type, payload: { prompt, is_path: isPath } };
    }
    case "pause": {
      const seconds = payload.integer("duration_seconds");
      const reason = payload.text("reason");
      needs(seconds > 0, "duration_seconds must be > 0");
      return { type, payload: { duration_seconds: seconds, ...(reason && { reason }) } };
    }
    case "stop_graceful":
    case "kill_now": {
      const reason = payload.text("reason");
      return { type, payload: reason ? { reason } : {} };
    }
    case "steer_message": {
      const message = payload.text("message");
      needs(!isBlank(message), "message is required");
      return { type, payload: { message } };
    }
    default:
      return type satisfies never;
  }
}

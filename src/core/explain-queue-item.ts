import { CONTENT_LENGTH, cutText } from "./cut-text.ts";
import type { Loop } from "./loop.ts";
import { pastedName } from "./pasted-name.ts";
import type { QueueItem } from "./queue.ts";
import { decodeQueueItem } from "./queue-payload.ts";
import { formatTime } from "./time.ts";

/** A queue item of a loop, and what keeps it from being done. */
export interface QueueItemExplanation {
  readonly item: QueueItem;
  readonly loop: Loop;
  readonly blockReasons: readonly string[];
  readonly suggestions: readonly string[];
  /** Its words, if it has any; cut when they are long. */
  readonly content?: string | undefined;
}

/** `ahead` are the items that wait before it. */
export function explainQueueItem(
  item: QueueItem,
  loop: Loop,
  ahead: readonly QueueItem[],
): QueueItemExplanation {
  return {
    item,
    loop,
    ...(item.status === "pending" ? obstacles(item, loop, ahead) : { blockReasons: [], suggestions: [] }),
    content: contentOf(item),
  };
}

/** Items that what stands behind them has to wait for; messages are delivered together. */
const HOLDS_UP: readonly string[] = ["pause", "stop_graceful", "kill_now"];

function obstacles(item: QueueItem, loop: Loop, ahead: readonly QueueItem[]) {
  const name = pastedName(loop);
  const blockReasons: string[] = [];
  const suggestions: string[] = [];
  const { reason } = decodeQueueItem(item);
  if (reason !== undefined) {
    blockReasons.push(`it cannot be done: ${reason}`);
    suggestions.push(`forge queue rm ${name} ${item.id}`);
  }
  if (loop.state === "stopped" || loop.state === "error") {
    blockReasons.push(`the loop is in state ${loop.state}${loop.lastError ? ` (${loop.lastError})` : ""}`);
    suggestions.push(`forge resume ${name}`);
  }
  if (loop.state === "waiting") blockReasons.push(loop.lastError ?? "the loop waits for a profile");
  const holding = ahead.find(({ type }) => HOLDS_UP.includes(type));
  if (holding) {
    blockReasons.push(`a ${holding.type} is before it`);
    suggestions.push(`forge queue move ${name} ${item.id} --to front`);
  }
  return { blockReasons, suggestions };
}

function contentOf(item: QueueItem): string | undefined {
  const { request } = decodeQueueItem(item);
  const text = request && wordsOf(request.payload);
  return text === undefined ? undefined : cutText(text, CONTENT_LENGTH);
}

function wordsOf(payload: object): string | undefined {
  for (const key of ["text", "prompt", "message"]) {
    const value: unknown = Reflect.get(payload, key);
    if (typeof value === "string") return value;
  }
  return undefined;
}

/** The explanation as it is printed. */
export const queueItemExplanationJson = ({
  item,
  loop,
  blockReasons,
  suggestions,
  content,
}: QueueItemExplanation) => ({
  item_id: item.id,
  loop_id: item.loopId,
  type: item.type,
  status: item.status,
  position: item.position,
  is_blocked: blockReasons.length > 0,
  ...(blockReasons.length > 0 && { block_reasons: blockReasons }),
  ...(suggestions.length > 0 && { suggestions }),
  loop_state: loop.state,
  created_at: formatTime(item.createdAt),
  content,
});

import type { Milliseconds } from "../core/duration.ts";
import type { QueueItemId } from "../core/ids.ts";
import type { QueueItem } from "../core/queue.ts";
import { decodeQueueItem } from "../core/queue-payload.ts";
import type { Instant } from "../core/time.ts";

/** A text for the agent from an operator, and when it was given. */
export interface OperatorMessage {
  readonly text: string;
  readonly at: Instant;
}

export interface PromptOverride {
  readonly prompt: string;
  readonly isPath: boolean;
}

export interface PlannedPause {
  readonly itemId: QueueItemId;
  readonly duration: Milliseconds;
}

/** What the queue asks of the next pass (spec/10 section 5.1). */
export interface QueuePlan {
  /** Everything that waited when the plan was made. */
  readonly pendingIds: readonly QueueItemId[];
  messages: OperatorMessage[];
  override?: PromptOverride | undefined;
  /** Items that the run consumes. */
  itemIds: QueueItemId[];
  pauseBefore?: PlannedPause | undefined;
  pauseAfter?: PlannedPause | undefined;
  /** An order to end that comes before anything else is done. */
  end?: "stop" | "kill" | undefined;
  /** Items that nobody can follow. */
  rejected: { readonly itemId: QueueItemId; readonly reason: string }[];
}

/** Walks the pending items in their order up to the first that ends the walk: a pause, a stop or a kill. */
export function planQueue(pending: readonly QueueItem[]): QueuePlan {
  const pendingIds = pending.map(({ id }) => id);
  const plan: QueuePlan = { pendingIds, messages: [], itemIds: [], rejected: [] };
  for (const item of pending) if (addToPlan(plan, item) === "end") break;
  return plan;
}

function addToPlan(plan: QueuePlan, item: QueueItem): "go on" | "end" {
  const { request, reason } = decodeQueueItem(item);
  if (request === undefined) {
    plan.rejected.push({ itemId: item.id, reason });
    return "go on";
  }
  switch (request.type) {
    case "message_append":
      addMessage(plan, item, request.payload.text);
      return "go on";
    case "steer_message":
      addMessage(plan, item, request.payload.message);
      return "go on";
    case "next_prompt_override":
      // Later ones stay for the iterations that follow.
      if (plan.override === undefined) {
        plan.override = { prompt: request.payload.prompt, isPath: request.payload.is_path };
        plan.itemIds.push(item.id);
      }
      return "go on";
    case "pause": {
      const pause = { itemId: item.id, duration: request.payload.duration_seconds * 1000 };
      if (plan.itemIds.length === 0) plan.pauseBefore = pause;
      else plan.pauseAfter = pause;
      return "end";
    }
    case "stop_graceful":
      plan.end = "stop";
      return "end";
    case "kill_now":
      plan.end = "kill";
      return "end";
    default:
      return request satisfies never;
  }
}

function addMessage(plan: QueuePlan, item: QueueItem, text: string): void {
  plan.messages.push({ text, at: item.createdAt });
  plan.itemIds.push(item.id);
}

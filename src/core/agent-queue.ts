import { isOneOf } from "./enum.ts";
import { ForgeError } from "./errors.ts";
import type { AgentId, AgentQueueItemId } from "./ids.ts";
import { jsonOrText, omitEmpty, optionalTime } from "./json.ts";
import { PayloadReader } from "./payload-reader.ts";
import type { QueueItemStatus } from "./queue.ts";
import { formatTime, type Instant } from "./time.ts";
import { isBlank, ValidationErrors } from "./validation.ts";

export const AGENT_QUEUE_ITEM_TYPES = ["message", "pause", "conditional"] as const;
export type AgentQueueItemType = (typeof AGENT_QUEUE_ITEM_TYPES)[number];

export const CONDITION_TYPES = ["when_idle", "after_cooldown", "after_previous", "custom"] as const;

/** One row of `queue_items`, the queue of an agent. Type and payload are as stored. */
export interface AgentQueueItem {
  id: AgentQueueItemId;
  agentId: AgentId;
  type: string;
  position: number;
  status: QueueItemStatus;
  attempts: number;
  /** How often its condition was looked at; not stored. */
  evaluationCount?: number | undefined;
  /** JSON text, as stored. */
  payloadJson: string;
  createdAt: Instant;
  dispatchedAt?: Instant | undefined;
  completedAt?: Instant | undefined;
  error?: string | undefined;
}

/** An item as it is printed (spec/40 section 3). */
export const agentQueueItemJson = (item: AgentQueueItem) => ({
  id: item.id,
  agent_id: item.agentId,
  type: item.type,
  position: item.position,
  status: item.status,
  attempts: item.attempts,
  evaluation_count: omitEmpty(item.evaluationCount),
  payload: jsonOrText(item.payloadJson),
  created_at: formatTime(item.createdAt),
  dispatched_at: optionalTime(item.dispatchedAt),
  completed_at: optionalTime(item.completedAt),
  error: omitEmpty(item.error),
});

/** Throws everything that is wrong with an item that is to be queued (spec/40 section 4.2). */
export function validateAgentQueueItem(
  item: Pick<AgentQueueItem, "type" | "attempts" | "payloadJson">,
): void {
  const { type, attempts, payloadJson } = item;
  const problems = new ValidationErrors()
    .require(type, "type", "queue item type is required")
    .check(attempts >= 0, "attempts", "attempts must be greater than or equal to 0")
    .require(payloadJson, "payload", "queue item payload is required");
  if (isOneOf(AGENT_QUEUE_ITEM_TYPES, type)) {
    if (!isBlank(payloadJson)) problems.add("payload", payloadProblems(type, payloadJson));
  } else if (!isBlank(type)) {
    problems.add("type", `unknown queue item type "${type}"`);
  }
  problems.throwIfAny();
}

function payloadProblems(type: AgentQueueItemType, json: string): ValidationErrors {
  try {
    return fieldProblems(type, new PayloadReader(type, json));
  } catch (thrown) {
    if (thrown instanceof ForgeError) return new ValidationErrors().add("", thrown.message);
    throw thrown;
  }
}

function fieldProblems(type: AgentQueueItemType, payload: PayloadReader): ValidationErrors {
  const problems = new ValidationErrors();
  switch (type) {
    case "message":
      return problems.require(payload.text("text"), "text", "message text is required");
    case "pause":
      return problems.check(
        payload.integer("duration_seconds") > 0,
        "duration_seconds",
        "duration_seconds must be greater than 0",
      );
    case "conditional": {
      const condition = payload.text("condition_type");
      problems
        .require(condition, "condition_type", "condition_type is required")
        .require(payload.text("message"), "message", "message is required");
      if (condition !== "custom") return problems;
      return problems.require(
        payload.text("expression"),
        "expression",
        "expression is required for custom condition type",
      );
    }
    default:
      return type satisfies never;
  }
}

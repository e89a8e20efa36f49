import type { AgentState, StateConfidence } from "./agent.ts";
import type { EventDraft } from "./event.ts";
import type { EntityType } from "./event-types.ts";
import { type JsonObject, omitEmpty } from "./json.ts";

export interface AgentStateChange {
  oldState: AgentState;
  newState: AgentState;
  confidence: StateConfidence;
  reason: string;
}

export const agentStateChanged = (agentId: string, change: AgentStateChange): EventDraft => ({
  type: "agent.state_changed",
  entityType: "agent",
  entityId: agentId,
  payload: {
    old_state: change.oldState,
    new_state: change.newState,
    confidence: change.confidence,
    reason: change.reason,
  },
});

/** The item of an agent's queue that a `message` event is about. */
export interface EventQueueItem {
  queueItemId: string;
  itemType: string;
  agentId: string;
}

export const messageQueued = (item: EventQueueItem): EventDraft => messageEvent("queued", item, {});

export const messageDispatched = (item: EventQueueItem, message: string): EventDraft =>
  messageEvent("dispatched", item, { message: omitEmpty(message) });

/** `duration` as text, `1m30s`. */
export const messageCompleted = (item: EventQueueItem, duration: string): EventDraft =>
  messageEvent("completed", item, { duration });

export const messageFailed = (item: EventQueueItem, error: string, attempts: number): EventDraft =>
  messageEvent("failed", item, { error, attempts });

const messageEvent = (what: string, item: EventQueueItem, facts: JsonObject): EventDraft => ({
  type: `message.${what}`,
  entityType: "queue",
  entityId: item.queueItemId,
  payload: { queue_item_id: item.queueItemId, item_type: item.itemType, agent_id: item.agentId, ...facts },
});

export interface RateLimit {
  accountId: string;
  provider: string;
  cooldownSeconds: number;
  reason?: string | undefined;
}

/** Hooks of older programs listen to either name. */
export const rateLimited = (
  type: "rate_limit.hit" | "rate_limit.detected",
  limit: RateLimit,
): EventDraft => ({
  type,
  entityType: "account",
  entityId: limit.accountId,
  payload: {
    account_id: limit.accountId,
    provider: limit.provider,
    cooldown_seconds: limit.cooldownSeconds,
    reason: omitEmpty(limit.reason),
  },
});

export interface AccountRotation {
  agentId: string;
  oldAccountId: string;
  newAccountId: string;
  reason: string;
}

export const accountRotated = (rotation: AccountRotation): EventDraft => ({
  type: "account.rotated",
  entityType: "account",
  entityId: rotation.newAccountId,
  payload: {
    agent_id: rotation.agentId,
    old_account_id: rotation.oldAccountId,
    new_account_id: rotation.newAccountId,
    reason: rotation.reason,
  },
});

export interface Failure {
  error: string;
  stackTrace?: string | undefined;
  context?: JsonObject | undefined;
}

export const failed = (entityType: EntityType, entityId: string, failure: Failure): EventDraft => ({
  type: "error",
  entityType,
  entityId,
  payload: {
    error: failure.error,
    stack_trace: omitEmpty(failure.stackTrace),
    context: omitEmpty(failure.context),
  },
});

import type { EntityType } from "./event-types.ts";
import type { EventId } from "./ids.ts";
import { type JsonObject, jsonOrText, omitEmpty } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

/** One row of `events`, whoever wrote it. */
export interface Event {
  id: EventId;
  timestamp: Instant;
  type: string;
  entityType: string;
  entityId: string;
  /** JSON text, as stored. */
  payloadJson?: string | undefined;
  metadata?: Readonly<Record<string, string>> | undefined;
}

/** An event that is to be told; who stores or sends it gives it an id and a time. */
export interface EventDraft {
  readonly type: string;
  readonly entityType: EntityType;
  readonly entityId: string;
  readonly payload?: JsonObject | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** An event as it is printed: the payload is embedded, as text where it is not JSON (spec/40 section 3). */
export const eventJson = (event: Event) => ({
  id: event.id,
  timestamp: formatTime(event.timestamp),
  type: event.type,
  entity_type: event.entityType,
  entity_id: event.entityId,
  payload: event.payloadJson ? jsonOrText(event.payloadJson) : undefined,
  metadata: omitEmpty(event.metadata),
});

/** Throws `invalid event: ...` (spec/40 section 5). */
export function validateEvent(event: Pick<Event, "type" | "entityType" | "entityId">): void {
  new ValidationErrors()
    .require(event.type, "type", "event type is required")
    .require(event.entityType, "entity_type", "entity_type is required")
    .require(event.entityId, "entity_id", "entity_id is required")
    .throwIfAny("event");
}

/**
 * Whether a hook or filter for an entity type takes this event. Events of loops are stored as `system` and carry their
 * kind in the metadata; one of a run is one of its loop too (spec/10 section 12.1).
 */
export function concernsEntityType(event: Pick<Event, "entityType" | "metadata">, wanted: string): boolean {
  const kind = event.metadata?.kind;
  return event.entityType === wanted || kind === wanted || (wanted === "loop" && kind === "run");
}

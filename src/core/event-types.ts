/** The core event types (spec/40 section 2.1). The column is free text: readers accept anything. */
export const CORE_EVENT_TYPES = [
  "node.created",
  "node.updated",
  "node.deleted",
  "workspace.created",
  "workspace.updated",
  "workspace.deleted",
  "agent.started",
  "agent.stopped",
  "agent.state_changed",
  "message.queued",
  "message.dispatched",
  "approval.requested",
  "approval.granted",
  "rate_limit.hit",
  "cooldown.started",
  "cooldown.ended",
  "account.rotated",
  "account.cooldown",
  "error",
  "warning",
] as const;

/** Events of loops and runs that are rows (spec/10 section 12.1). */
export const LOOP_EVENT_TYPES = [
  "loop.created",
  "loop.removed",
  "loop.started",
  "loop.stopped",
  "loop.failed",
  "loop.blocked",
  "run.started",
  "run.quiet",
  "run.finished",
  "run.failed",
  "run.verdict",
] as const;
export type LoopEventType = (typeof LOOP_EVENT_TYPES)[number];

/** Events of profiles that are rows (spec/15 section 11). */
export const PROFILE_EVENT_TYPES = ["profile.cooled", "profile.parked", "profile.freed"] as const;
export type ProfileEventType = (typeof PROFILE_EVENT_TYPES)[number];

/** Events of budgets that are rows (spec/15 section 11). */
export const BUDGET_EVENT_TYPES = ["budget.warning", "budget.reached"] as const;
export type BudgetEventType = (typeof BUDGET_EVENT_TYPES)[number];

/** Events that are only sent on the socket: they come too often to be kept. */
export const SOCKET_EVENT_TYPES = ["loop.state_changed", "queue.changed", "log.grown"] as const;
export type SocketEventType = (typeof SOCKET_EVENT_TYPES)[number];

/** What an event row can be about; the table refuses anything else, so events of loops are about the `system`. */
export const ENTITY_TYPES = ["node", "workspace", "agent", "queue", "account", "system"] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/** What filters can ask for: what a row is about, or the kind in its metadata. */
export const FILTERED_ENTITY_TYPES: readonly string[] = [
  ...ENTITY_TYPES,
  ...["loop", "run", "profile", "budget", "workflow", "job", "team", "task"],
];

/** Types of events that are rows, for completion. */
export const STORED_EVENT_TYPES: readonly string[] = [...LOOP_EVENT_TYPES, ...CORE_EVENT_TYPES];

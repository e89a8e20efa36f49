import type { AgentState } from "./agent.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { roughDuration } from "./rough-duration.ts";
import { formatTime, type Instant } from "./time.ts";

/** How a state is marked for people. */
export const AGENT_STATE_LABELS: Readonly<Record<AgentState, string>> = {
  idle: "OK",
  working: "BUSY",
  starting: "BUSY",
  awaiting_approval: "WAIT",
  paused: "WAIT",
  rate_limited: "WARN",
  stopped: "WARN",
  error: "ERR",
};

/** What Forge keeps of an agent that outlives its tasks. */
export interface PersistentFacts {
  readonly createdAt: Instant;
  readonly lastActivity: Instant;
  readonly ttlSeconds: number | undefined;
}

/** What is known of an agent, read at one moment. */
export interface AgentFacts {
  readonly id: string;
  /** The start of the id that tells it from the others. */
  readonly label: string;
  readonly type: string;
  readonly state: AgentState;
  readonly reason: string;
  readonly confidence: string;
  readonly pausedUntil: Instant | undefined;
  readonly lastActivity: Instant | undefined;
  readonly items: { readonly total: number; readonly pending: number };
  readonly account: { readonly profileName: string; readonly cooldownUntil: Instant | undefined } | undefined;
  readonly persistent: PersistentFacts | undefined;
  readonly failures: { readonly count: number; readonly last: string | undefined };
  readonly lastSendToIdleMs: number | undefined;
  readonly now: Instant;
}

export interface AgentExplanation {
  readonly facts: AgentFacts;
  readonly isBlocked: boolean;
  readonly blockReasons: readonly string[];
  /** Why nobody can count on it any more; undefined when that is not so. */
  readonly staleReason: string | undefined;
  readonly isInCooldown: boolean;
  /** Commands that can be pasted. */
  readonly suggestions: readonly string[];
}

/** An agent that rests and has done nothing for so long is taken for forgotten. */
const STALE_AFTER_SECONDS = 3600;
const BLOCKING: readonly AgentState[] = ["error", "awaiting_approval", "rate_limited", "paused"];
const RESTING: readonly AgentState[] = ["idle", "stopped", "error"];

/** Why an agent does what it does (spec/20 section 20). */
export function explainAgent(facts: AgentFacts): AgentExplanation {
  const staleReason = staleReasonOf(facts);
  const isInCooldown = (facts.account?.cooldownUntil ?? 0) > facts.now;
  const isBlocked = BLOCKING.includes(facts.state) || staleReason !== undefined || facts.failures.count > 0;
  return {
    facts,
    isBlocked,
    blockReasons: reasonsOf(facts, staleReason, isInCooldown),
    staleReason,
    isInCooldown,
    suggestions: suggestionsOf(facts),
  };
}

function staleReasonOf({ persistent, state, now }: AgentFacts): string | undefined {
  if (!persistent) return undefined;
  const { createdAt, lastActivity, ttlSeconds } = persistent;
  const age = Math.floor((now - createdAt) / 1000);
  if (ttlSeconds && age >= ttlSeconds) return `ttl expired (${age}s >= ${ttlSeconds}s)`;
  const idle = Math.floor((now - lastActivity) / 1000);
  if (!RESTING.includes(state) || idle < STALE_AFTER_SECONDS) return undefined;
  return `idle for ${idle}s (>= ${STALE_AFTER_SECONDS}s)`;
}

function reasonsOf(facts: AgentFacts, staleReason: string | undefined, isInCooldown: boolean): string[] {
  const { state, reason, pausedUntil, failures, now } = facts;
  const reasons: string[] = [];
  if (state === "awaiting_approval") reasons.push("waiting for user approval");
  if (state === "rate_limited") reasons.push("rate limited by provider");
  if (state === "error") reasons.push(`agent encountered an error${reason === "" ? "" : `: ${reason}`}`);
  if (state === "paused") {
    const left = pausedUntil === undefined ? 0 : pausedUntil - now;
    reasons.push(`agent is paused${left > 0 ? ` (will resume in ${roughDuration(left)})` : ""}`);
  }
  if (isInCooldown) reasons.push("account cooldown active");
  if (staleReason !== undefined) reasons.push(`stale: ${staleReason}`);
  if (failures.count > 0) reasons.push(`recent failures: ${failures.count}`);
  return reasons;
}

function suggestionsOf({ state, label }: AgentFacts): string[] {
  const wait = `forge wait --agent ${label} --until idle`;
  const send = `forge send ${label} "..."`;
  switch (state) {
    case "idle":
      return [send];
    case "working":
    case "starting":
      return [wait, send];
    case "awaiting_approval":
      return [`forge inject ${label} --force "yes"`, wait];
    case "rate_limited":
    case "paused":
      return [`forge wait --agent ${label} --until ready`, send];
    case "stopped":
    case "error":
      return ["forge export status", send];
    default:
      return state satisfies never;
  }
}

/** The explanation as it is printed. */
export function agentExplanationJson(explanation: AgentExplanation) {
  const { facts, isBlocked, blockReasons, staleReason, isInCooldown, suggestions } = explanation;
  const { account, persistent, failures, items } = facts;
  return {
    agent_id: facts.id,
    type: facts.type,
    state: facts.state,
    state_info: { reason: omitEmpty(facts.reason), confidence: omitEmpty(facts.confidence) },
    is_blocked: isBlocked,
    block_reasons: omitEmpty(blockReasons),
    suggestions: omitEmpty(suggestions),
    queue_status: {
      total_items: items.total,
      pending_items: items.pending,
      blocked_items: isBlocked ? items.pending : 0,
    },
    account_status: account && {
      profile_name: omitEmpty(account.profileName),
      cooldown_until: optionalTime(account.cooldownUntil),
      is_in_cooldown: isInCooldown,
    },
    observability: isObserved(facts)
      ? {
          persistent: persistent !== undefined,
          stale: staleReason !== undefined,
          stale_reason: staleReason,
          recent_failure_count: failures.count,
          last_failure: failures.last,
          last_send_to_idle_ms: facts.lastSendToIdleMs,
        }
      : undefined,
    last_activity: optionalTime(facts.lastActivity),
    paused_until: optionalTime(facts.pausedUntil),
  };
}

/** Whether there is more to tell than of any agent in a pane. */
export const isObserved = ({ persistent, failures }: AgentFacts): boolean =>
  persistent !== undefined || failures.count > 0;

/** When the account is free, for people. */
export const cooldownWords = ({ facts, isInCooldown }: AgentExplanation): string =>
  isInCooldown && facts.account?.cooldownUntil !== undefined
    ? `active (ends at ${formatTime(facts.account.cooldownUntil)})`
    : "none";

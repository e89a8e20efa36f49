import type { AccountId, AgentId, WorkspaceId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const AGENT_STATES = [
  "working",
  "idle",
  "awaiting_approval",
  "rate_limited",
  "error",
  "paused",
  "starting",
  "stopped",
] as const;
export type AgentState = (typeof AGENT_STATES)[number];

export const AGENT_TYPES = ["opencode", "claude-code", "codex", "gemini", "generic"] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

/** How sure the detection of a state is. */
export const STATE_CONFIDENCES = ["high", "medium", "low"] as const;
export type StateConfidence = (typeof STATE_CONFIDENCES)[number];

/** How much an agent CLI tells of itself. */
export const ADAPTER_TIERS = { generic: 1, telemetry: 2, native: 3 } as const;

/** The known keys of an agent's `metadata_json`, in their stored form; unknown keys are kept. */
export interface AgentMetadata {
  model?: string | undefined;
  pid?: number | undefined;
  start_command?: string | undefined;
  environment?: Record<string, string> | undefined;
  approval_policy?: string | undefined;
  usage_metrics?: unknown;
  diff_metadata?: unknown;
  process_stats?: unknown;
  opencode?: { host?: string; port?: number; session_id?: string } | undefined;
  [key: string]: unknown;
}

/** An agent in a terminal pane: a row of `agents`. */
export interface Agent {
  id: AgentId;
  workspaceId: WorkspaceId;
  type: AgentType;
  tmuxPane: string;
  accountId?: AccountId | undefined;
  state: AgentState;
  stateConfidence: StateConfidence;
  stateReason: string;
  /** What the state was read from; not stored. */
  stateEvidence: string[];
  stateDetectedAt?: Instant | undefined;
  queueLength: number;
  lastActivity?: Instant | undefined;
  pausedUntil?: Instant | undefined;
  metadata: AgentMetadata;
  createdAt: Instant;
  updatedAt: Instant;
}

const ACTIVE: ReadonlySet<AgentState> = new Set(["working", "idle", "awaiting_approval"]);
const BLOCKED: ReadonlySet<AgentState> = new Set(["awaiting_approval", "rate_limited", "error", "paused"]);

export const isAgentActive = ({ state }: Pick<Agent, "state">): boolean => ACTIVE.has(state);

/** Whether the agent cannot go on by itself. */
export const isAgentBlocked = ({ state }: Pick<Agent, "state">): boolean => BLOCKED.has(state);

/** An agent as it is printed (spec/40 section 3). */
export const agentJson = (agent: Agent) => ({
  id: agent.id,
  workspace_id: agent.workspaceId,
  type: agent.type,
  tmux_pane: agent.tmuxPane,
  account_id: omitEmpty(agent.accountId),
  state: agent.state,
  state_info: {
    state: agent.state,
    confidence: agent.stateConfidence,
    reason: agent.stateReason,
    evidence: omitEmpty(agent.stateEvidence),
    detected_at: optionalTime(agent.stateDetectedAt),
  },
  queue_length: agent.queueLength,
  last_activity: optionalTime(agent.lastActivity),
  paused_until: optionalTime(agent.pausedUntil),
  metadata: agent.metadata,
  created_at: formatTime(agent.createdAt),
  updated_at: formatTime(agent.updatedAt),
});

/** Throws `invalid agent: ...` (spec/40 section 5). */
export function validateAgent(agent: Pick<Agent, "workspaceId" | "type" | "tmuxPane">): void {
  new ValidationErrors()
    .require(agent.workspaceId, "workspace_id", "agent must be associated with a workspace")
    .require(agent.type, "type", "agent type is required")
    .require(agent.tmuxPane, "tmux_pane", "tmux pane target is required")
    .throwIfAny("agent");
}

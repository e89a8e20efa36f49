import type { Agent, AgentState, AgentType, StateConfidence } from "../core/agent.ts";
import type { AccountId, AgentId, WorkspaceId } from "../core/ids.ts";
import { parseTime } from "../core/time.ts";
import { readObjectColumn, readRequiredTime, readTextColumn } from "./columns.ts";
import type { Db } from "./database.ts";

interface AgentRow {
  id: AgentId;
  workspace_id: WorkspaceId;
  type: AgentType;
  tmux_pane: string;
  account_id: AccountId | null;
  state: AgentState;
  state_confidence: StateConfidence;
  state_reason: string | null;
  state_detected_at: string | null;
  paused_until: string | null;
  last_activity_at: string | null;
  metadata_json: string | null;
  created_at: string;
  updated_at: string;
  queue_length: number;
}

const toAgent = (row: AgentRow): Agent => ({
  id: row.id,
  workspaceId: row.workspace_id,
  type: row.type,
  tmuxPane: row.tmux_pane,
  accountId: readTextColumn(row.account_id),
  state: row.state,
  stateConfidence: row.state_confidence,
  stateReason: row.state_reason ?? "",
  stateEvidence: [],
  stateDetectedAt: parseTime(row.state_detected_at),
  queueLength: row.queue_length,
  lastActivity: parseTime(row.last_activity_at),
  pausedUntil: parseTime(row.paused_until),
  metadata: readObjectColumn(row.metadata_json) ?? {},
  createdAt: readRequiredTime(row.created_at),
  updatedAt: readRequiredTime(row.updated_at),
});

/** All agents in terminal panes, the oldest first. */
export const listAgents = (db: Db): Agent[] =>
  db
    .query<AgentRow, []>(
      `SELECT agents.*, (
         SELECT count(*) FROM queue_items WHERE agent_id = agents.id AND status = 'pending'
       ) AS queue_length
       FROM agents ORDER BY created_at, rowid`,
    )
    .all()
    .map(toAgent);

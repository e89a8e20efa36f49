import type { Agent, AgentState } from "./agent.ts";
import { type Alert, alertJson } from "./alert.ts";
import type { NodeId, WorkspaceId } from "./ids.ts";
import { omitEmpty } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const WORKSPACE_STATUSES = ["active", "inactive", "error"] as const;
export type WorkspaceStatus = (typeof WORKSPACE_STATUSES)[number];

/** The content of `git_info_json`, in its stored form. */
export interface GitInfo {
  is_repo: boolean;
  branch?: string | undefined;
  is_dirty: boolean;
  ahead: number;
  behind: number;
  remote_url?: string | undefined;
  last_commit?: string | undefined;
}

/** How many agents of a workspace are in which kind of state. */
export interface AgentStats {
  working: number;
  idle: number;
  blocked: number;
  error: number;
}

/** A repository on a node with its terminal session: a row of `workspaces`. */
export interface Workspace {
  id: WorkspaceId;
  name: string;
  nodeId: NodeId;
  repoPath: string;
  tmuxSession: string;
  status: WorkspaceStatus;
  gitInfo?: GitInfo | undefined;
  agentCount: number;
  agentStats: AgentStats;
  alerts: Alert[];
  createdAt: Instant;
  updatedAt: Instant;
}

const STAT_OF_STATE: Record<AgentState, keyof AgentStats> = {
  working: "working",
  starting: "working",
  idle: "idle",
  stopped: "idle",
  awaiting_approval: "blocked",
  rate_limited: "blocked",
  paused: "blocked",
  error: "error",
};

/** Counts agents by the kind of their state (spec/40 section 3). */
export function agentStats(agents: readonly Pick<Agent, "state">[]): AgentStats {
  const stats: AgentStats = { working: 0, idle: 0, blocked: 0, error: 0 };
  for (const { state } of agents) stats[STAT_OF_STATE[state]]++;
  return stats;
}

/** A workspace as it is printed (spec/40 section 3). */
export const workspaceJson = (workspace: Workspace) => ({
  id: workspace.id,
  name: workspace.name,
  node_id: workspace.nodeId,
  repo_path: workspace.repoPath,
  tmux_session: workspace.tmuxSession,
  status: workspace.status,
  git_info: workspace.gitInfo && gitInfoJson(workspace.gitInfo),
  agent_count: workspace.agentCount,
  agent_stats: workspace.agentStats,
  alerts: omitEmpty(workspace.alerts.map(alertJson)),
  created_at: formatTime(workspace.createdAt),
  updated_at: formatTime(workspace.updatedAt),
});

const gitInfoJson = (info: GitInfo) => ({
  is_repo: info.is_repo,
  branch: omitEmpty(info.branch),
  is_dirty: info.is_dirty,
  ahead: info.ahead,
  behind: info.behind,
  remote_url: omitEmpty(info.remote_url),
  last_commit: omitEmpty(info.last_commit),
});

/** Throws `invalid workspace: ...` (spec/40 section 5). */
export function validateWorkspace(workspace: Pick<Workspace, "nodeId" | "repoPath" | "tmuxSession">): void {
  new ValidationErrors()
    .require(workspace.nodeId, "node_id", "workspace must be associated with a node")
    .require(workspace.repoPath, "repo_path", "repository path is required")
    .require(workspace.tmuxSession, "tmux_session", "tmux session name is required")
    .throwIfAny("workspace");
}

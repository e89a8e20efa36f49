import type { NodeId, WorkspaceId } from "../core/ids.ts";
import { readInteger, readText } from "../core/json.ts";
import { agentStats, type GitInfo, type Workspace, type WorkspaceStatus } from "../core/workspace.ts";
import { listAgents } from "./agents.ts";
import { listOpenAlerts } from "./alerts.ts";
import { readObjectColumn, readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";

interface WorkspaceRow {
  id: WorkspaceId;
  name: string;
  node_id: NodeId;
  repo_path: string;
  tmux_session: string;
  status: WorkspaceStatus;
  git_info_json: string | null;
  created_at: string;
  updated_at: string;
}

/** All workspaces with their agents counted and their open alerts, the oldest first. */
export function listWorkspaces(db: Db): Workspace[] {
  const rows = db.query<WorkspaceRow, []>("SELECT * FROM workspaces ORDER BY created_at, rowid").all();
  if (rows.length === 0) return [];
  const agents = Map.groupBy(listAgents(db), ({ workspaceId }) => workspaceId);
  const alerts = Map.groupBy(listOpenAlerts(db), ({ workspaceId }) => workspaceId);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    nodeId: row.node_id,
    repoPath: row.repo_path,
    tmuxSession: row.tmux_session,
    status: row.status,
    gitInfo: readGitInfo(row.git_info_json),
    agentCount: agents.get(row.id)?.length ?? 0,
    agentStats: agentStats(agents.get(row.id) ?? []),
    alerts: alerts.get(row.id)?.map(({ alert }) => alert) ?? [],
    createdAt: readRequiredTime(row.created_at),
    updatedAt: readRequiredTime(row.updated_at),
  }));
}

function readGitInfo(text: string | null): GitInfo | undefined {
  const stored = readObjectColumn(text);
  if (!stored) return undefined;
  return {
    is_repo: stored.is_repo === true,
    branch: readText(stored.branch),
    is_dirty: stored.is_dirty === true,
    ahead: readInteger(stored.ahead) ?? 0,
    behind: readInteger(stored.behind) ?? 0,
    remote_url: readText(stored.remote_url),
    last_commit: readText(stored.last_commit),
  };
}

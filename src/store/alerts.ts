import type { Alert, AlertSeverity, AlertType } from "../core/alert.ts";
import type { AgentId, WorkspaceId } from "../core/ids.ts";
import { readRequiredTime, readTextColumn } from "./columns.ts";
import type { Db } from "./database.ts";

interface AlertRow {
  workspace_id: WorkspaceId | null;
  agent_id: AgentId | null;
  type: AlertType;
  severity: AlertSeverity;
  message: string;
  created_at: string;
}

/** An alert with the workspace that it belongs to. */
export interface OpenAlert {
  readonly workspaceId: WorkspaceId | undefined;
  readonly alert: Alert;
}

/** Alerts that nobody has settled, the oldest first. */
export const listOpenAlerts = (db: Db): OpenAlert[] =>
  db
    .query<AlertRow, []>("SELECT * FROM alerts WHERE is_resolved = 0 ORDER BY created_at, rowid")
    .all()
    .map((row) => ({
      workspaceId: readTextColumn(row.workspace_id),
      alert: {
        type: row.type,
        severity: row.severity,
        message: row.message,
        agentId: readTextColumn(row.agent_id),
        createdAt: readRequiredTime(row.created_at),
      },
    }));

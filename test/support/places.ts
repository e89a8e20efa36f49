import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import type { Sandbox } from "./sandbox.ts";

/** Puts a workspace with agents into a sandbox's database, as the older generation of Forge leaves them. */
export function addWorkspace(
  sandbox: Sandbox,
  workspace: { id: string; name: string; repoPath?: string; agents?: readonly string[] },
): void {
  const db = openDatabase(join(sandbox.dataDir, "forge.db"), { mode: "write" });
  try {
    db.query("INSERT OR IGNORE INTO nodes (id, name) VALUES ('node-1', 'local')").run();
    db.query(
      "INSERT INTO workspaces (id, name, node_id, repo_path, tmux_session) VALUES (?, ?, 'node-1', ?, ?)",
    ).run(workspace.id, workspace.name, workspace.repoPath ?? sandbox.repo, workspace.name);
    for (const [index, id] of (workspace.agents ?? []).entries())
      db.query("INSERT INTO agents (id, workspace_id, type, tmux_pane) VALUES (?, ?, 'codex', ?)").run(
        id,
        workspace.id,
        `%${index}`,
      );
  } finally {
    closeDatabase(db);
  }
}

/** The items in the queue of an agent, as they are stored. */
export function agentQueue(sandbox: Sandbox, agentId: string) {
  const db = openDatabase(join(sandbox.dataDir, "forge.db"), { mode: "read" });
  try {
    return db
      .query<{ type: string; position: number; status: string; payload_json: string }, [string]>(
        "SELECT type, position, status, payload_json FROM queue_items WHERE agent_id = ? ORDER BY position",
      )
      .all(agentId)
      .map(({ payload_json, ...rest }) => ({ ...rest, payload: JSON.parse(payload_json) }));
  } finally {
    closeDatabase(db);
  }
}

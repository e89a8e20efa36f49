import { dropTables, dropTimestampTrigger, type Migration, NOW_Z, timestampTrigger } from "./migration.ts";

const TABLES = ["persistent_agent_events", "persistent_agents"];

export const persistentAgents: Migration = {
  version: 13,
  description: "persistent agents",
  up: () => `
CREATE TABLE IF NOT EXISTS persistent_agents (
  id TEXT PRIMARY KEY,
  parent_agent_id TEXT,
  workspace_id TEXT NOT NULL,
  repo TEXT,
  node TEXT,
  harness TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('continuous', 'one-shot')),
  state TEXT NOT NULL DEFAULT 'starting' CHECK (state IN (
    'unspecified', 'starting', 'running', 'idle', 'waiting_approval', 'paused', 'stopping', 'stopped', 'failed'
  )),
  ttl_seconds INTEGER,
  labels_json TEXT,
  tags_json TEXT,
  created_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  last_activity_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  updated_at TEXT NOT NULL DEFAULT (${NOW_Z})
);
CREATE INDEX IF NOT EXISTS idx_persistent_agents_workspace ON persistent_agents(workspace_id);
CREATE INDEX IF NOT EXISTS idx_persistent_agents_state ON persistent_agents(state);
CREATE INDEX IF NOT EXISTS idx_persistent_agents_parent ON persistent_agents(parent_agent_id);
CREATE INDEX IF NOT EXISTS idx_persistent_agents_updated ON persistent_agents(updated_at);
CREATE INDEX IF NOT EXISTS idx_persistent_agents_harness ON persistent_agents(harness);
${timestampTrigger("persistent_agents", NOW_Z)}

CREATE TABLE IF NOT EXISTS persistent_agent_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  agent_id TEXT,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT,
  timestamp TEXT NOT NULL DEFAULT (${NOW_Z})
);
CREATE INDEX IF NOT EXISTS idx_persistent_agent_events_agent ON persistent_agent_events(agent_id);
CREATE INDEX IF NOT EXISTS idx_persistent_agent_events_kind ON persistent_agent_events(kind);
CREATE INDEX IF NOT EXISTS idx_persistent_agent_events_timestamp ON persistent_agent_events(timestamp);
CREATE INDEX IF NOT EXISTS idx_persistent_agent_events_agent_ts
  ON persistent_agent_events(agent_id, timestamp);`,
  down: () => [dropTimestampTrigger("persistent_agents"), dropTables(TABLES)].join("\n"),
  drops: TABLES,
};

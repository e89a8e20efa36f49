import { dropTables, dropTimestampTrigger, type Migration, NOW_Z, timestampTrigger } from "./migration.ts";

const TABLES_CHILDREN_FIRST = ["team_members", "teams"];

export const teamModel: Migration = {
  version: 14,
  description: "team model",
  up: () => `
CREATE TABLE IF NOT EXISTS teams (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  delegation_rules_json TEXT,
  default_assignee TEXT,
  heartbeat_interval_seconds INTEGER NOT NULL DEFAULT 60 CHECK (heartbeat_interval_seconds > 0),
  created_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  updated_at TEXT NOT NULL DEFAULT (${NOW_Z})
);
CREATE INDEX IF NOT EXISTS idx_teams_name ON teams(name);
CREATE INDEX IF NOT EXISTS idx_teams_default_assignee ON teams(default_assignee);
${timestampTrigger("teams", NOW_Z)}

CREATE TABLE IF NOT EXISTS team_members (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  agent_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('leader', 'member')),
  created_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  UNIQUE (team_id, agent_id)
);
CREATE INDEX IF NOT EXISTS idx_team_members_team ON team_members(team_id);
CREATE INDEX IF NOT EXISTS idx_team_members_agent ON team_members(agent_id);
CREATE INDEX IF NOT EXISTS idx_team_members_role ON team_members(role);`,
  down: () => [dropTimestampTrigger("teams"), dropTables(TABLES_CHILDREN_FIRST)].join("\n"),
  drops: TABLES_CHILDREN_FIRST,
};

import { dropTables, dropTimestampTrigger, type Migration, NOW_Z, timestampTrigger } from "./migration.ts";

const TABLES_CHILDREN_FIRST = ["team_task_events", "team_tasks"];

export const teamTasks: Migration = {
  version: 15,
  description: "team tasks",
  up: () => `
CREATE TABLE IF NOT EXISTS team_tasks (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  payload_json TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN (
    'queued', 'assigned', 'running', 'blocked', 'done', 'failed', 'canceled'
  )),
  priority INTEGER NOT NULL DEFAULT 100,
  assigned_agent_id TEXT,
  submitted_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  assigned_at TEXT,
  started_at TEXT,
  finished_at TEXT,
  updated_at TEXT NOT NULL DEFAULT (${NOW_Z})
);
CREATE INDEX IF NOT EXISTS idx_team_tasks_team_status_priority
  ON team_tasks(team_id, status, priority, submitted_at);
CREATE INDEX IF NOT EXISTS idx_team_tasks_assigned_agent ON team_tasks(assigned_agent_id, status);
CREATE INDEX IF NOT EXISTS idx_team_tasks_updated ON team_tasks(updated_at);
${timestampTrigger("team_tasks", NOW_Z)}

CREATE TABLE IF NOT EXISTS team_task_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL REFERENCES team_tasks(id) ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  event_type TEXT NOT NULL CHECK (event_type IN (
    'submitted', 'assigned', 'reassigned', 'started', 'blocked', 'completed', 'failed', 'canceled'
  )),
  from_status TEXT,
  to_status TEXT,
  actor_agent_id TEXT,
  detail TEXT,
  created_at TEXT NOT NULL DEFAULT (${NOW_Z})
);
CREATE INDEX IF NOT EXISTS idx_team_task_events_task_created ON team_task_events(task_id, created_at);
CREATE INDEX IF NOT EXISTS idx_team_task_events_team_created ON team_task_events(team_id, created_at);`,
  down: () => [dropTimestampTrigger("team_tasks"), dropTables(TABLES_CHILDREN_FIRST)].join("\n"),
  drops: TABLES_CHILDREN_FIRST,
};

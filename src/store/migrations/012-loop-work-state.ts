import { dropTables, dropTimestampTrigger, type Migration, NOW_Z, timestampTrigger } from "./migration.ts";

export const loopWorkState: Migration = {
  version: 12,
  description: "loop work state",
  up: () => `
CREATE TABLE IF NOT EXISTS loop_work_state (
  id TEXT PRIMARY KEY,
  loop_id TEXT NOT NULL REFERENCES loops(id) ON DELETE CASCADE,
  agent_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  status TEXT NOT NULL,
  detail TEXT,
  loop_iteration INTEGER NOT NULL DEFAULT 0,
  is_current INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  updated_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  UNIQUE (loop_id, task_id)
);
CREATE INDEX IF NOT EXISTS idx_loop_work_state_loop_id ON loop_work_state(loop_id);
CREATE INDEX IF NOT EXISTS idx_loop_work_state_loop_current ON loop_work_state(loop_id, is_current);
CREATE INDEX IF NOT EXISTS idx_loop_work_state_loop_updated ON loop_work_state(loop_id, updated_at);
${timestampTrigger("loop_work_state", NOW_Z)}`,
  down: () => [dropTimestampTrigger("loop_work_state"), dropTables(["loop_work_state"])].join("\n"),
  drops: ["loop_work_state"],
};

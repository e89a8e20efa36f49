import { dropTables, type Migration, NOW_SPACE } from "./migration.ts";

export const portAllocations: Migration = {
  version: 5,
  description: "port allocations",
  up: () => `
CREATE TABLE IF NOT EXISTS port_allocations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  port INTEGER NOT NULL,
  node_id TEXT NOT NULL REFERENCES nodes(id) ON DELETE CASCADE,
  agent_id TEXT REFERENCES agents(id) ON DELETE CASCADE,
  reason TEXT,
  allocated_at TEXT NOT NULL DEFAULT (${NOW_SPACE}),
  UNIQUE (node_id, port)
);
CREATE INDEX IF NOT EXISTS idx_port_allocations_agent ON port_allocations(agent_id);
CREATE INDEX IF NOT EXISTS idx_port_allocations_node ON port_allocations(node_id);`,
  // The first three names are of indexes that early versions of others made.
  down: () => `
DROP INDEX IF EXISTS idx_port_allocations_active;
DROP INDEX IF EXISTS idx_port_allocations_agent;
DROP INDEX IF EXISTS idx_port_allocations_node_available;
${dropTables(["port_allocations"])}`,
  drops: ["port_allocations"],
};

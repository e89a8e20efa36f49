import { dropTables, dropTimestampTrigger, type Migration, NOW_Z, timestampTrigger } from "./migration.ts";

export const loopKv: Migration = {
  version: 11,
  description: "loop kv",
  up: () => `
CREATE TABLE IF NOT EXISTS loop_kv (
  id TEXT PRIMARY KEY,
  loop_id TEXT NOT NULL REFERENCES loops(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  updated_at TEXT NOT NULL DEFAULT (${NOW_Z}),
  UNIQUE (loop_id, key)
);
CREATE INDEX IF NOT EXISTS idx_loop_kv_loop_id ON loop_kv(loop_id);
${timestampTrigger("loop_kv", NOW_Z)}`,
  down: () => [dropTimestampTrigger("loop_kv"), dropTables(["loop_kv"])].join("\n"),
  drops: ["loop_kv"],
};

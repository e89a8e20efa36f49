import { createNodeIndexes, createNodes } from "./001-initial-schema.ts";
import { type Migration, NOW_SPACE, rebuildTable, timestampTrigger } from "./migration.ts";

export const nodeConnectionPrefs: Migration = {
  version: 2,
  description: "node connection prefs",
  up: () => `
ALTER TABLE nodes ADD COLUMN ssh_agent_forwarding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD COLUMN ssh_proxy_jump TEXT;
ALTER TABLE nodes ADD COLUMN ssh_control_master TEXT;
ALTER TABLE nodes ADD COLUMN ssh_control_path TEXT;
ALTER TABLE nodes ADD COLUMN ssh_control_persist TEXT;
ALTER TABLE nodes ADD COLUMN ssh_timeout_seconds INTEGER;`,
  down: () =>
    [
      rebuildTable({
        table: "nodes",
        create: createNodes,
        columns: [
          "id",
          "name",
          "ssh_target",
          "ssh_backend",
          "ssh_key_path",
          "status",
          "is_local",
          "last_seen_at",
          "metadata_json",
          "created_at",
          "updated_at",
        ],
      }),
      createNodeIndexes(),
      timestampTrigger("nodes", NOW_SPACE),
    ].join("\n"),
  drops: [],
};

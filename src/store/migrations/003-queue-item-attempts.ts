import { createQueueItemIndexes, createQueueItems } from "./001-initial-schema.ts";
import { type Migration, rebuildTable } from "./migration.ts";

export const queueItemAttempts: Migration = {
  version: 3,
  description: "queue item attempts",
  up: () => "ALTER TABLE queue_items ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;",
  down: () =>
    [
      rebuildTable({
        table: "queue_items",
        create: createQueueItems,
        columns: [
          "id",
          "agent_id",
          "type",
          "position",
          "status",
          "payload_json",
          "error_message",
          "created_at",
          "dispatched_at",
          "completed_at",
        ],
      }),
      createQueueItemIndexes(),
    ].join("\n"),
  drops: [],
};

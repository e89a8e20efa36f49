import { createLoopIndexesAndTrigger, createLoops, LOOP_COLUMNS } from "./007-loop-runtime.ts";
import { LOOP_SHORT_ID_INDEX, SHORT_ID_FROM_ID } from "./008-loop-short-id.ts";
import { type Migration, rebuildTable } from "./migration.ts";

export const loopLimits: Migration = {
  version: 9,
  description: "loop limits",
  up: () => `
ALTER TABLE loops ADD COLUMN max_iterations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE loops ADD COLUMN max_runtime_seconds INTEGER NOT NULL DEFAULT 0;`,
  down: () =>
    [
      rebuildTable({
        table: "loops",
        create: (name) => createLoops(name, "\n  short_id TEXT NOT NULL,"),
        columns: ["short_id", ...LOOP_COLUMNS],
        fill: { short_id: `COALESCE(NULLIF(short_id, ''), ${SHORT_ID_FROM_ID})` },
      }),
      createLoopIndexesAndTrigger(),
      LOOP_SHORT_ID_INDEX,
    ].join("\n"),
  drops: [],
};

import { createLoopIndexesAndTrigger, createLoops, LOOP_COLUMNS } from "./007-loop-runtime.ts";
import { type Migration, rebuildTable } from "./migration.ts";

/** The short id of a row that never had one: the first 8 hex digits of its id. */
export const SHORT_ID_FROM_ID = "lower(substr(replace(id, '-', ''), 1, 8))";

export const LOOP_SHORT_ID_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS idx_loops_short_id ON loops(short_id);";

export const loopShortId: Migration = {
  version: 8,
  description: "loop short id",
  up: () => `
ALTER TABLE loops ADD COLUMN short_id TEXT;
UPDATE loops SET short_id = ${SHORT_ID_FROM_ID} WHERE short_id IS NULL OR short_id = '';
${LOOP_SHORT_ID_INDEX}`,
  down: () =>
    [
      "DROP INDEX IF EXISTS idx_loops_short_id;",
      rebuildTable({ table: "loops", create: createLoops, columns: LOOP_COLUMNS }),
      createLoopIndexesAndTrigger(),
    ].join("\n"),
  drops: [],
};

import { countOldQueueItems, deleteOldQueueItems } from "../../store/old-queue-items.ts";
import {
  BATCH_ROWS,
  type CleanupContext,
  NOTHING,
  type Removal,
  removeRows,
  sumOfRemovals,
  tooOldBefore,
} from "./removal.ts";

/** Removes queue items that were done with long ago. */
export async function cleanUpQueues(context: CleanupContext): Promise<Removal> {
  const { db, config, loops, dryRun } = context;
  const before = tooOldBefore(context, config.retention.queueMaxAge);
  if (before === undefined) return NOTHING;
  const removals: Removal[] = [];
  for (const { id } of loops)
    removals.push(
      dryRun
        ? { removed: countOldQueueItems(db, id, before), bytes: 0 }
        : await removeRows(() => deleteOldQueueItems(db, id, before, BATCH_ROWS)),
    );
  return sumOfRemovals(removals);
}

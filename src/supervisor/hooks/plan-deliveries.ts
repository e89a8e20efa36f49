import type { Milliseconds } from "../../core/duration.ts";
import { type Hook, hookTakes } from "../../core/hook.ts";
import type { Clock, Instant } from "../../core/time.ts";
import type { Db } from "../../store/database.ts";
import { lastEventRow, listEventsAfterRow } from "../../store/events.ts";
import { hookCursor, moveHookCursor } from "../../store/hook-cursor.ts";
import { addDelivery, dropExcessDeliveries } from "../../store/hook-deliveries.ts";
import { inTransactionAsync } from "../../store/transaction.ts";

/** An event that nobody was looked for since then is history: a store of hooks may come from another implementation. */
const LATEST_MS: Milliseconds = 86_400_000;
/** Events of one transaction: few, so that runners of the same process are not held up. */
const BATCH = 100;

/** Whether events were stored that no hook was looked for. */
export const hasUnplannedEvents = (db: Db, now: Instant): boolean => lastEventRow(db) > hookCursor(db, now);

/**
 * Writes down which hook is to be told of which new event, and moves on. It happens in one transaction with the cursor, so
 * no event is passed over, whenever the process is killed.
 */
export async function planDeliveries(db: Db, hooks: readonly Hook[], now: Clock): Promise<void> {
  while (hasUnplannedEvents(db, now()) && (await inTransactionAsync(db, () => planBatch(db, hooks, now)))) {
    // Loops of this process go on between two batches.
    await new Promise(setImmediate);
  }
}

/** Whether there may be more. */
function planBatch(db: Db, hooks: readonly Hook[], now: Clock): boolean {
  const events = listEventsAfterRow(db, hookCursor(db, now()), BATCH);
  const last = events.at(-1);
  if (!last) return false;
  const told = new Set<string>();
  for (const { event } of events)
    for (const hook of hooks)
      if (hookTakes(hook, event) && event.timestamp > now() - LATEST_MS) {
        addDelivery(db, hook.id, event.id, now());
        told.add(hook.id);
      }
  for (const id of told) dropExcessDeliveries(db, id, now());
  moveHookCursor(db, last.row);
  return events.length === BATCH;
}

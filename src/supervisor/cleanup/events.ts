import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { eventArchiveDir } from "../../config/paths.ts";
import { operationFailed } from "../../core/errors.ts";
import { type Event, eventJson } from "../../core/event.ts";
import { systemReason } from "../../core/system-error.ts";
import { formatTime } from "../../core/time.ts";
import {
  countEvents,
  countMatchingEvents,
  deleteEvents,
  listEventsOlderThan,
  listOldestEvents,
} from "../../store/event-queries.ts";
import { deleteDeliveriesOfGoneEvents } from "../../store/hook-deliveries.ts";
import {
  BATCH_ROWS,
  type CleanupContext,
  NOTHING,
  type Removal,
  removeRows,
  tooOldBefore,
} from "./removal.ts";

const PAUSE_MS = 10;

/** Removes events that are too old or too many, into the archive where that is wanted. */
export async function cleanUpEvents(context: CleanupContext): Promise<Removal> {
  const { config, dryRun } = context;
  if (!config.eventRetention.enabled) return NOTHING;
  if (dryRun) return { removed: countExcess(context), bytes: 0 };
  let removed = 0;
  for (;;) {
    const events = nextExcess(context);
    if (events.length === 0) break;
    // First into the archive: an event may stand there twice, but never nowhere.
    if (config.eventRetention.archiveBeforeDelete) archive(eventArchiveDir(config), events);
    removed += deleteEvents(
      context.db,
      events.map(({ id }) => id),
    );
    await Bun.sleep(PAUSE_MS);
  }
  // That hooks were told of an event goes with it, and is not counted by itself.
  await removeRows(() => deleteDeliveriesOfGoneEvents(context.db, BATCH_ROWS));
  return { removed, bytes: 0 };
}

function countExcess(context: CleanupContext): number {
  const { db, config } = context;
  const before = tooOldBefore(context, config.eventRetention.maxAge);
  const tooOld = before === undefined ? 0 : countMatchingEvents(db, { until: before });
  return Math.max(tooOld, excess(context));
}

/** The next batch that has to go. */
function nextExcess(context: CleanupContext): Event[] {
  const { db, config } = context;
  const { maxAge, batchSize } = config.eventRetention;
  const before = tooOldBefore(context, maxAge);
  const tooOld = before === undefined ? [] : listEventsOlderThan(db, before, batchSize);
  if (tooOld.length > 0) return tooOld;
  const tooMany = Math.min(excess(context), batchSize);
  return tooMany > 0 ? listOldestEvents(db, tooMany) : [];
}

/** How many there are above the number that is kept. */
const excess = ({ db, config: { eventRetention } }: CleanupContext): number =>
  eventRetention.maxCount > 0 ? Math.max(0, countEvents(db) - eventRetention.maxCount) : 0;

/** One file for each day, one line for each event (spec/40 section 10). */
function archive(folder: string, events: readonly Event[]): void {
  const byDay = Map.groupBy(events, ({ timestamp }) => formatTime(timestamp).slice(0, 10));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    for (const [day, some] of byDay) {
      const lines = some.map((event) => `${JSON.stringify(eventJson(event))}\n`).join("");
      appendFileSync(join(folder, `events_${day}.jsonl`), lines, { mode: 0o644 });
    }
  } catch (thrown) {
    throw operationFailed(`failed to archive events: ${folder}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

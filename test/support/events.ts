import { join } from "node:path";
import type { Event } from "../../src/core/event.ts";
import { type EventId, newId } from "../../src/core/ids.ts";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { createEvent } from "../../src/store/events.ts";
import type { Sandbox } from "./sandbox.ts";

/** Stores events in a sandbox's database; those without a time happened now. */
export function addEvents(
  sandbox: Sandbox,
  drafts: readonly (Partial<Omit<Event, "id">> & { id?: string })[],
): void {
  const db = openDatabase(join(sandbox.dataDir, "forge.db"), { mode: "write" });
  try {
    for (const { id, ...draft } of drafts)
      createEvent(db, {
        id: (id ?? newId<EventId>()) as EventId, // readable ids, as other programs may have made them
        timestamp: Date.now(),
        type: "warning",
        entityType: "system",
        entityId: "s",
        ...draft,
      });
  } finally {
    closeDatabase(db);
  }
}

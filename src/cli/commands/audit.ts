import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { ForgeError, notFound } from "../../core/errors.ts";
import { type Event, eventJson } from "../../core/event.ts";
import type { EventId } from "../../core/ids.ts";
import { formatTime, type Instant } from "../../core/time.ts";
import { queryEvents } from "../../store/event-queries.ts";
import { findEvent } from "../../store/events.ts";
import { filterWords, timeSpan } from "../event-filter.ts";
import type { Run } from "../invocation.ts";
import type { auditFlags } from "../registry/events.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof auditFlags> = (invocation) => {
  const { flags, global, world, out } = invocation;
  const [types, actions] = [filterWords(flags.type), filterWords(flags.action)];
  if (types.length > 0 && actions.length > 0)
    throw new ForgeError("unknown", "use either --type or --action, not both");
  const span = timeSpan({ since: global.since, until: flags.until }, world.now());
  const db = openStore(invocation, "read");
  const { cursor } = flags;
  // Ids come from outside; an unknown one simply finds nothing.
  if (cursor && !findEvent(db, cursor as EventId)) throw notFound(`event not found: ${cursor}`);
  const { events, nextCursor } = queryEvents(db, {
    ...span,
    types: [...types, ...actions],
    entityType: flags["entity-type"] || undefined,
    entityId: flags["entity-id"] || undefined,
    cursor,
    limit: flags.limit,
  });
  if (out.isJson) return out.jsonList(events.map(eventJson));
  out.write(table(["TIME", "TYPE", "ENTITY", "ID"], events.map(eventRow)));
  if (events.length === 0) out.line("No events matched the current filters.");
  if (nextCursor !== undefined) out.line(`\nNext cursor: ${nextCursor}`);
};

const eventRow = ({ timestamp, type, entityType, entityId }: Event): string[] =>
  [shownTime(timestamp), type, entityType, entityId].map(printable);

/** `2006-01-02 15:04:05`, UTC */
const shownTime = (at: Instant): string => formatTime(at).slice(0, 19).replace("T", " ");

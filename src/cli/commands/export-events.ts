import { existsSync } from "node:fs";
import { databasePath } from "../../config/paths.ts";
import type { Output } from "../../console/output.ts";
import { ForgeError } from "../../core/errors.ts";
import { type Event, eventJson } from "../../core/event.ts";
import { type Db, dataVersion } from "../../store/database.ts";
import { countMatchingEvents, type EventQuery, eventPages } from "../../store/event-queries.ts";
import { lastEventRow, listEventsAfterRow } from "../../store/events.ts";
import { nextChange } from "../database-changes.ts";
import { filterWords, timeSpan } from "../event-filter.ts";
import { EXPORT_HINT } from "../export-hint.ts";
import { interruptibleSleep } from "../interruptible-sleep.ts";
import type { Invocation, Run } from "../invocation.ts";
import { Interruption } from "../log-view/interruption.ts";
import type { exportEventsFlags } from "../registry/events.ts";
import { openStore } from "../store-access.ts";

type ExportInvocation = Invocation<typeof exportEventsFlags>;

const PAGE = 500;

/** How long a signal may wait to be heard while nothing happens. */
const PAUSE_MS = 250;

export const run: Run<typeof exportEventsFlags> = async (invocation) => {
  const { flags, global, world, out } = invocation;
  if (global.watch && out.format !== "jsonl")
    throw new ForgeError("unknown", "--watch requires --jsonl output format");
  if (global.watch && flags.until) throw new ForgeError("unknown", "--until cannot be used with --watch");
  const span = timeSpan({ since: global.since, until: flags.until }, world.now());
  const agent = flags.agent ? { entityType: "agent", entityId: flags.agent } : {};
  const query: EventQuery = { ...span, ...agent, types: filterWords(flags.type), limit: PAGE };
  if (global.watch) return watch(invocation, query);
  const db = openStore(invocation, "read");
  if (out.format === "jsonl") return writeLines(out, eventPages(db, query));
  if (out.format === "json") return writeArray(out, eventPages(db, query));
  out.line(`Events:  ${countMatchingEvents(db, query)}\n${EXPORT_HINT}`);
};

function writeLines(out: Output, pages: Iterable<readonly Event[]>): void {
  for (const events of pages) out.jsonList(events.map(eventJson));
}

/** The same document that `out.json` prints, without holding more than a page. */
function writeArray(out: Output, pages: Iterable<readonly Event[]>): void {
  let before = "[\n";
  for (const events of pages) {
    const elements = events.map((event) => JSON.stringify(eventJson(event), null, 2).replace(/^/gm, "  "));
    out.write(before + elements.join(",\n"));
    before = ",\n";
  }
  out.write(before === "[\n" ? "[]\n" : "\n]\n");
}

async function watch(invocation: ExportInvocation, query: EventQuery): Promise<void> {
  using interruption = new Interruption();
  const { signal } = interruption;
  const db = await openWhenThere(invocation, signal);
  if (db === undefined) return;
  let row = lastEventRow(db);
  if (query.since !== undefined) writeLines(invocation.out, eventPages(db, { ...query, throughRow: row }));
  const isWanted = filterOf(query);
  while (!signal.aborted) {
    // Read before looking, so that a commit in between is not slept through.
    const version = dataVersion(db);
    const found = listEventsAfterRow(db, row, PAGE);
    row = found.at(-1)?.row ?? row;
    invocation.out.jsonList(
      found
        .map(({ event }) => event)
        .filter(isWanted)
        .map(eventJson),
    );
    if (found.length < PAGE) await nextChange(db, version, PAUSE_MS);
  }
}

/** Waits for the database of a fresh machine; undefined when interrupted first. */
async function openWhenThere(invocation: ExportInvocation, signal: AbortSignal): Promise<Db | undefined> {
  while (!existsSync(databasePath(invocation.config))) {
    if (signal.aborted) return undefined;
    await interruptibleSleep(PAUSE_MS, signal);
  }
  return openStore(invocation, "read");
}

const filterOf =
  ({ types = [], entityType, entityId }: EventQuery) =>
  (event: Event): boolean =>
    (types.length === 0 || types.includes(event.type)) &&
    (entityType === undefined || event.entityType === entityType) &&
    (entityId === undefined || event.entityId === entityId);

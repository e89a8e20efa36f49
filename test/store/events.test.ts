import { describe, expect, test } from "bun:test";
import type { EventDraft } from "../../src/core/event.ts";
import { eventJson } from "../../src/core/event.ts";
import type { EntityType } from "../../src/core/event-types.ts";
import type { EventId } from "../../src/core/ids.ts";
import {
  countEvents,
  deleteEvents,
  deleteEventsOlderThan,
  deleteExcessEvents,
  listEventsOfEntity,
  listEventsOlderThan,
  listOldestEvents,
  oldestEventTime,
  queryEvents,
} from "../../src/store/event-queries.ts";
import {
  appendEvent,
  createEvent,
  getEvent,
  lastEventRow,
  listEventsAfterRow,
} from "../../src/store/events.ts";
import { errorOf } from "../support/error-of.ts";
import { NOW, NOW_TEXT, storedRow, unknownId } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

const draft = (changes: Partial<EventDraft> = {}): EventDraft => ({
  type: "warning",
  entityType: "system",
  entityId: "e",
  ...changes,
});

describe("storing events", () => {
  test("keeps payload and metadata as compact JSON and the time to the second", () => {
    using db = inMemory();
    const event = appendEvent(db, draft({ payload: { a: 1 }, metadata: { kind: "loop" } }), NOW + 900);
    expect(storedRow(db, "events", event.id)).toEqual({
      id: event.id,
      timestamp: NOW_TEXT,
      type: "warning",
      entity_type: "system",
      entity_id: "e",
      payload_json: '{"a":1}',
      metadata_json: '{"kind":"loop"}',
    });
    expect(eventJson(getEvent(db, event.id))).toMatchObject({ timestamp: NOW_TEXT, payload: { a: 1 } });
  });

  test.each(["type", "entityId"] as const)("without %s is refused", (field) => {
    using db = inMemory();
    expect(errorOf(() => appendEvent(db, draft({ [field]: " " }), NOW)).message).toBe("invalid event");
    const event = { id: unknownId<EventId>(), timestamp: NOW, ...draft({ [field]: "" }) };
    expect(errorOf(() => createEvent(db, event)).message).toContain("is required");
  });

  test("unknown event: event not found", () => {
    using db = inMemory();
    expect(errorOf(() => getEvent(db, unknownId<EventId>())).message).toBe("event not found");
  });
});

describe("edge cases of 40", () => {
  test("event with entity_type loop: the table refuses it", () => {
    using db = inMemory();
    // As foreign code without our types would.
    const entityType = "loop" as EntityType;
    expect(() => appendEvent(db, draft({ entityType }), NOW)).toThrow("CHECK constraint failed");
  });

  test("empty payload_json and metadata_json text: treated as absent", () => {
    using db = inMemory();
    const { id } = appendEvent(db, draft(), NOW);
    db.run("UPDATE events SET payload_json = '', metadata_json = ''");
    expect(getEvent(db, id)).toMatchObject({ payloadJson: undefined, metadata: undefined });
    expect(JSON.parse(JSON.stringify(eventJson(getEvent(db, id))))).not.toHaveProperty("payload");
  });

  test("events with space-form timestamps: sorted by text as stored, printed in RFC 3339", () => {
    using db = inMemory();
    const later = appendEvent(db, draft(), NOW);
    const earlier = appendEvent(db, draft(), NOW);
    db.query("UPDATE events SET timestamp = '2026-01-02 09:00:00' WHERE id = ?").run(earlier.id);
    expect(queryEvents(db, {}).events.map(({ id }) => id)).toEqual([earlier.id, later.id]);
    expect(eventJson(getEvent(db, earlier.id)).timestamp).toBe("2026-01-02T09:00:00Z");
  });
});

describe("reading events", () => {
  test.each([
    ["all", {}, ["0", "1", "2", "3"]],
    ["type", { type: "error" }, ["2"]],
    ["entity", { entityType: "agent", entityId: "x" }, ["3"]],
    ["since, inclusive", { since: NOW + 2000 }, ["2", "3"]],
    ["until, exclusive", { until: NOW + 2000 }, ["0", "1"]],
    ["several", { since: NOW + 1000, until: NOW + 3000, type: "warning" }, ["1"]],
  ])("by %s", (_what, query, expected) => {
    using db = inMemory();
    ["warning", "warning", "error", "warning"].forEach((type, index) => {
      const entity = index === 3 ? { entityType: "agent" as const, entityId: "x" } : {};
      appendEvent(db, draft({ type, payload: { index: String(index) }, ...entity }), NOW + index * 1000);
    });
    const found = queryEvents(db, query).events.map(({ payloadJson }) => JSON.parse(payloadJson ?? "").index);
    expect(found).toEqual(expected);
  });

  test("page by page gives each event once, also those of one second", () => {
    using db = inMemory();
    const all = Array.from(
      { length: 25 },
      (_, index) => appendEvent(db, draft(), NOW + Math.floor(index / 10)).id,
    );
    const seen: EventId[] = [];
    let cursor: EventId | undefined;
    do {
      const page = queryEvents(db, { cursor, limit: 10 });
      seen.push(...page.events.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
    expect(queryEvents(db, { cursor: unknownId<string>() })).toEqual({ events: [], nextCursor: undefined });
  });

  test("an event that is stored in the second of the last one seen is on the next page", () => {
    using db = inMemory();
    for (let index = 0; index < 50; index++) {
      const { id: cursor } = appendEvent(db, draft(), NOW + Math.floor(index / 7));
      const next = appendEvent(db, draft(), NOW + Math.floor(index / 7));
      expect(queryEvents(db, { cursor }).events.map(({ id }) => id)).toEqual([next.id]);
    }
  });

  test("100 at a time unless said otherwise", () => {
    using db = inMemory();
    for (let count = 0; count < 101; count++) appendEvent(db, draft(), NOW);
    for (const limit of [undefined, 0, -1]) expect(queryEvents(db, { limit }).events.length).toBe(100);
    expect(listEventsOfEntity(db, "system", "e").length).toBe(100);
  });

  test("that came after a row, in the order of the commits, whatever their times", () => {
    using db = inMemory();
    expect(lastEventRow(db)).toBe(0);
    appendEvent(db, draft(), NOW);
    const from = lastEventRow(db);
    const next = [NOW + 5000, NOW - 5000].map((at) => appendEvent(db, draft(), at).id);
    const found = listEventsAfterRow(db, from);
    expect(found.map(({ event }) => event.id)).toEqual(next);
    expect(listEventsAfterRow(db, found.at(-1)?.row ?? 0)).toEqual([]);
    expect(listEventsAfterRow(db, 0, 2).length).toBe(2);
  });
});

describe("retention", () => {
  const times = [3000, 1000, 2000, 0];

  test("knows count and oldest", () => {
    using db = inMemory();
    expect([countEvents(db), oldestEventTime(db)]).toEqual([0, undefined]);
    for (const later of times) appendEvent(db, draft(), NOW + later);
    expect([countEvents(db), oldestEventTime(db)]).toEqual([4, NOW]);
    expect(listOldestEvents(db, 2).map(({ timestamp }) => timestamp)).toEqual([NOW, NOW + 1000]);
    expect(listEventsOlderThan(db, NOW + 2000).length).toBe(2);
  });

  test("deletes by age, oldest first, in batches", () => {
    using db = inMemory();
    for (const later of times) appendEvent(db, draft(), NOW + later);
    expect(deleteEventsOlderThan(db, NOW + 3000, 2)).toBe(2);
    expect(oldestEventTime(db)).toBe(NOW + 2000);
    expect(deleteEventsOlderThan(db, NOW + 3000)).toBe(1);
    expect(deleteEventsOlderThan(db, NOW + 3000)).toBe(0);
  });

  test("deletes what is too much, oldest first, in batches", () => {
    using db = inMemory();
    for (const later of times) appendEvent(db, draft(), NOW + later);
    expect([deleteExcessEvents(db, 0), deleteExcessEvents(db, 4)]).toEqual([0, 0]);
    expect(deleteExcessEvents(db, 1, 2)).toBe(2);
    expect(deleteExcessEvents(db, 1, 2)).toBe(1);
    expect(oldestEventTime(db)).toBe(NOW + 3000);
  });

  test("deletes by id, more than fit into one statement", () => {
    using db = inMemory();
    const ids = db.transaction(() => Array.from({ length: 1200 }, () => appendEvent(db, draft(), NOW).id))();
    expect(deleteEvents(db, [])).toBe(0);
    expect(deleteEvents(db, [...ids, unknownId<EventId>()])).toBe(1200);
    expect(countEvents(db)).toBe(0);
  });
});

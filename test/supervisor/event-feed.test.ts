import { expect, test } from "bun:test";
import type { Event } from "../../src/core/event.ts";
import { type EventId, newId } from "../../src/core/ids.ts";
import { EventFeed } from "../../src/supervisor/event-feed.ts";
import { EventReader } from "../../src/supervisor/event-reader.ts";

const event = (type = "run.started", loopId = "a"): Event => ({
  ...{ id: newId<EventId>(), timestamp: 0, type, entityType: "system", entityId: loopId },
  metadata: { loop_id: loopId },
});

function feedWith(count: number, remembered = 10_000): EventFeed {
  const feed = new EventFeed(remembered);
  for (let published = 0; published < count; published++) feed.publish(event());
  return feed;
}

/** All that a reader gets now: numbers, and how many were missed as negative ones. */
function readAll(reader: EventReader): number[] {
  const seen: number[] = [];
  for (let reading = reader.next(); reading; reading = reader.next())
    seen.push(...(reading.events ? reading.events.map(({ seq }) => seq) : [-reading.missed]));
  return seen;
}

const upTo = (count: number, from = 1) =>
  Array.from({ length: count - from + 1 }, (_, index) => from + index);

test("numbers start at 1, and a reader without a place gets only what comes from now on", () => {
  const feed = feedWith(3);
  const reader = new EventReader(feed, {});
  expect(readAll(reader)).toEqual([]);
  feed.publish(event());
  expect(readAll(reader)).toEqual([4]);
});

test("a reader goes on behind the number that it names", () => {
  const feed = feedWith(250);
  expect(readAll(new EventReader(feed, {}, 0))).toEqual(upTo(250));
  expect(readAll(new EventReader(feed, {}, 248))).toEqual([249, 250]);
  expect(readAll(new EventReader(feed, {}, 250))).toEqual([]);
});

test("what is not remembered any more is told as missed, and the rest is replayed however much it is", () => {
  const feed = feedWith(5000, 2000);
  const { oldest } = feed;
  expect(feed.last - oldest + 1).toBeGreaterThanOrEqual(2000);
  expect(feed.last - oldest + 1).toBeLessThan(4000);
  expect(readAll(new EventReader(feed, {}, 0))).toEqual([-(oldest - 1), ...upTo(5000, oldest)]);
});

test("a number above the newest is one of another supervisor", () => {
  const feed = feedWith(3);
  const reader = new EventReader(feed, {}, 17);
  expect(readAll(reader)).toEqual([-0]);
  feed.publish(event());
  expect(readAll(reader)).toEqual([4]);
});

test("a reader that falls more than 1000 events behind misses them, and goes on with the next", () => {
  const feed = feedWith(1);
  const reader = new EventReader(feed, {});
  for (let published = 0; published < 1000; published++) feed.publish(event());
  expect(readAll(reader)).toEqual(upTo(1001, 2));
  for (let published = 0; published < 1001; published++) feed.publish(event());
  expect(readAll(reader)).toEqual([-1001]);
  feed.publish(event());
  expect(readAll(reader)).toEqual([feed.last]);
});

test("a reader of few events does not miss those of others", () => {
  const feed = feedWith(0);
  const reader = new EventReader(feed, { loopId: "b" });
  for (let published = 0; published < 5000; published++) feed.publish(event("log.grown", "a"));
  expect(readAll(reader)).toEqual([]);
  feed.publish(event("log.grown", "b"));
  expect(readAll(reader)).toEqual([5001]);
});

test("types and loop are both asked for", () => {
  const feed = new EventFeed();
  const reader = new EventReader(feed, { types: new Set(["run.started"]), loopId: "b" });
  feed.publish(event("run.started", "a"));
  feed.publish(event("run.finished", "b"));
  feed.publish(event("run.started", "b"));
  expect(readAll(reader)).toEqual([3]);
});

import { describe, expect, test } from "bun:test";
import type { LoopId, QueueItemId } from "../../src/core/ids.ts";
import { type QueueItem, queueItemJson } from "../../src/core/queue.ts";
import { queueItemDraft } from "../../src/core/queue-payload.ts";
import {
  clearQueue,
  countPending,
  dequeue,
  enqueue,
  finishPendingOfTypes,
  finishQueueItems,
  listPending,
  listQueue,
  peekQueue,
  removeQueueItem,
  reorderQueue,
  setQueueItemStatus,
} from "../../src/store/loop-queue.ts";
import { errorOf } from "../support/error-of.ts";
import { addLoop, message, NOW, NOW_TEXT, storedRow, unknownId } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

const texts = (items: readonly QueueItem[]): string[] =>
  items.map(({ payloadJson }) => JSON.parse(payloadJson).text);
const ids = (items: readonly QueueItem[]): QueueItemId[] => items.map(({ id }) => id);

describe("enqueue", () => {
  test("puts items behind all others, the finished ones too", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const [first] = enqueue(db, id, [message("one"), message("two")], NOW);
    finishQueueItems(db, first ? [first.id] : [], "completed", NOW);
    enqueue(db, id, [message("three")], NOW);
    expect(listQueue(db, id).map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(texts(listPending(db, id))).toEqual(["two", "three"]);
  });

  test("stores a row as other implementations do (40 section 13)", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const [item] = enqueue(
      db,
      id,
      [queueItemDraft({ type: "stop_graceful", payload: { reason: "operator" } })],
      NOW,
    );
    expect(storedRow(db, "loop_queue_items", item?.id ?? "")).toEqual({
      id: item?.id,
      loop_id: id,
      type: "stop_graceful",
      position: 1,
      status: "pending",
      attempts: 0,
      payload_json: '{"reason":"operator"}',
      error_message: null,
      created_at: NOW_TEXT,
      dispatched_at: null,
      completed_at: null,
    });
  });

  test("writes nothing when one item is invalid", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const bad = [message("fine"), message("  ")];
    expect(errorOf(() => enqueue(db, id, bad, NOW)).message).toBe(
      "invalid queue item at index 1: message_append payload text is required",
    );
    expect(listQueue(db, id)).toEqual([]);
    expect(enqueue(db, id, [], NOW)).toEqual([]);
  });

  test("for an unknown loop fails by the foreign key", () => {
    using db = inMemory();
    expect(() => enqueue(db, unknownId<LoopId>(), [message("x")], NOW)).toThrow(
      "FOREIGN KEY constraint failed",
    );
  });

  test("keeps unknown keys of a payload", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const payloadJson = '{"text":"x","theirs":[1]}';
    enqueue(db, id, [{ type: "message_append", payloadJson }], NOW);
    expect(peekQueue(db, id).payloadJson).toBe(payloadJson);
  });
});

describe("taking items", () => {
  test("peek looks, dequeue takes; both want the lowest position that waits", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const [first, second] = enqueue(db, id, [message("one"), message("two")], NOW);
    expect(peekQueue(db, id).id).toBe(first?.id as QueueItemId);
    expect(dequeue(db, id, NOW + 1000)).toMatchObject({
      id: first?.id,
      status: "dispatched",
      position: 1,
      attempts: 0,
      dispatchedAt: NOW + 1000,
    });
    expect(peekQueue(db, id).id).toBe(second?.id as QueueItemId);
    dequeue(db, id, NOW);
    for (const call of [() => peekQueue(db, id), () => dequeue(db, id, NOW)])
      expect(errorOf(call).message).toBe("queue is empty");
  });

  test("items of one position come in the order in which they were made", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    enqueue(db, id, [message("one"), message("two"), message("three")], NOW);
    db.run("UPDATE loop_queue_items SET position = 1");
    expect(texts(listPending(db, id))).toEqual(["one", "two", "three"]);
    expect(texts([dequeue(db, id, NOW)])).toEqual(["one"]);
  });
});

describe("changing items", () => {
  test("clear deletes only what waits", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    enqueue(db, id, [message("one"), message("two"), message("three")], NOW);
    dequeue(db, id, NOW);
    expect(clearQueue(db, id)).toBe(2);
    expect(listQueue(db, id).map(({ status }) => status)).toEqual(["dispatched"]);
    expect(countPending(db, id)).toBe(0);
  });

  test("remove deletes in any status", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const [item] = enqueue(db, id, [message("one")], NOW);
    dequeue(db, id, NOW);
    removeQueueItem(db, item?.id as QueueItemId);
    expect(errorOf(() => removeQueueItem(db, item?.id as QueueItemId)).message).toBe("queue item not found");
  });

  test("a status sets completed_at whatever it is, and the five are checked by the table", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const [item] = enqueue(db, id, [message("one")], NOW);
    if (!item) throw new Error("nothing queued");
    setQueueItemStatus(db, item.id, "failed", NOW + 1000, "why");
    expect(listQueue(db, id)[0]).toMatchObject({ status: "failed", error: "why", completedAt: NOW + 1000 });
    setQueueItemStatus(db, item.id, "pending", NOW);
    expect(listQueue(db, id)[0]).toMatchObject({ status: "pending", error: undefined, completedAt: NOW });
    // A caller without types, as foreign code would be.
    expect(() => setQueueItemStatus(db, item.id, "lost" as "failed", NOW)).toThrow("CHECK constraint failed");
    expect(errorOf(() => setQueueItemStatus(db, unknownId<QueueItemId>(), "failed", NOW)).message).toBe(
      "queue item not found",
    );
  });

  test("finishing leaves alone what is done already", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const items = enqueue(db, id, [message("one"), message("two")], NOW);
    expect(finishQueueItems(db, ids(items), "completed", NOW)).toBe(2);
    expect(finishQueueItems(db, [...ids(items), unknownId()], "skipped", NOW + 5000)).toBe(0);
    expect(listQueue(db, id).map(({ completedAt }) => completedAt)).toEqual([NOW, NOW]);
  });

  test("old stop and kill items are skipped by a resume, messages stay", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const stop = queueItemDraft({ type: "stop_graceful", payload: {} });
    const kill = queueItemDraft({ type: "kill_now", payload: {} });
    enqueue(db, id, [stop, message("stays"), kill], NOW);
    const types = ["stop_graceful", "kill_now"] as const;
    expect(finishPendingOfTypes(db, id, types, "skipped", NOW, "superseded by resume").length).toBe(2);
    expect(texts(listPending(db, id))).toEqual(["stays"]);
    expect(listQueue(db, id)[0]).toMatchObject({ status: "skipped", error: "superseded by resume" });
  });

  test("reorder gives positions 1 to n to the named items of this loop only", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const other = addLoop(db, "b");
    const [one, two, three] = ids(enqueue(db, id, [message("1"), message("2"), message("3")], NOW));
    const [foreign] = ids(enqueue(db, other.id, [message("x"), message("y")], NOW)).slice(1);
    if (!one || !two || !three || !foreign) throw new Error("too few items");
    reorderQueue(db, id, [three, unknownId(), foreign, one]);
    expect(listQueue(db, id).map((item) => [texts([item])[0], item.position])).toEqual([
      ["3", 1],
      ["2", 2],
      ["1", 4],
    ]);
    expect(listQueue(db, other.id).map(({ position }) => position)).toEqual([1, 2]);
    reorderQueue(db, id, []);
    expect(listQueue(db, id)[0]?.id).toBe(three);
  });
});

describe("edge cases of 40: items of other programs", () => {
  test("queue payload that is not valid JSON: listed with the raw text", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    enqueue(db, id, [message("x")], NOW);
    db.run("UPDATE loop_queue_items SET payload_json = 'not json'");
    expect(listQueue(db, id).map(queueItemJson)[0]?.payload).toBe("not json");
  });

  test("unknown loop: empty list", () => {
    using db = inMemory();
    expect(listQueue(db, unknownId<LoopId>())).toEqual([]);
  });
});

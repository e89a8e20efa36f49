import { describe, expect, test } from "bun:test";
import {
  parseQueueItemStatus,
  parseQueueItemType,
  QUEUE_ITEM_STATUSES,
  QUEUE_ITEM_TYPES,
  queueItemJson,
} from "../../src/core/queue.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT, sampleQueueItem } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

describe("queue items", () => {
  test("have a type of the list", () => {
    for (const type of QUEUE_ITEM_TYPES) expect(parseQueueItemType(type)).toBe(type);
    const error = errorOf(() => parseQueueItemType("nudge"));
    expect(error.message).toBe('unknown loop queue item type "nudge"');
    expect(error.kind).toBe("unknown");
  });

  test("have a status of the list, with an alias that is read and never written", () => {
    for (const status of QUEUE_ITEM_STATUSES) expect(parseQueueItemStatus(status)).toBe(status);
    expect(parseQueueItemStatus("processing")).toBe("dispatched");
    expect(errorOf(() => parseQueueItemStatus("Pending")).message).toBe("invalid queue item status: Pending");
  });

  test("print their payload as an object, and the rest in the order of spec/40 section 3", () => {
    const item = sampleQueueItem({ dispatchedAt: SAMPLE_TIME, completedAt: SAMPLE_TIME, error: "no" });
    expect(JSON.stringify(queueItemJson(item))).toBe(
      `{"id":"${item.id}","loop_id":"${item.loopId}","type":"message_append","position":1,"status":"pending",` +
        `"attempts":0,"payload":{"text":"hello"},"created_at":"${SAMPLE_TIME_TEXT}",` +
        `"dispatched_at":"${SAMPLE_TIME_TEXT}","completed_at":"${SAMPLE_TIME_TEXT}","error":"no"}`,
    );
  });

  test("spec/40 edge cases: a payload that is not valid JSON is shown as text", () => {
    expect(queueItemJson(sampleQueueItem({ payloadJson: "{oops" })).payload).toBe("{oops");
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { classify } from "../../src/core/errors.ts";
import { QUEUE_ITEM_TYPES, type QueueRequest } from "../../src/core/queue.ts";
import {
  decodeQueueItem,
  queueItemDraft,
  validateQueueItem,
  validateQueueItems,
} from "../../src/core/queue-payload.ts";
import { errorOf } from "../support/error-of.ts";

const item = (type: string, payload: unknown) => ({ type, payloadJson: JSON.stringify(payload) });
const text = "\u00fc 'quoted' \n second line";

const requests: QueueRequest[] = [
  { type: "message_append", payload: { text } },
  { type: "next_prompt_override", payload: { prompt: text, is_path: false } },
  { type: "pause", payload: { duration_seconds: 1, reason: "initial wait" } },
  { type: "pause", payload: { duration_seconds: 60 } },
  { type: "stop_graceful", payload: { reason: "operator" } },
  { type: "kill_now", payload: {} },
  { type: "steer_message", payload: { message: text } },
];

describe("a request to a loop", () => {
  test.each(requests)("is the same after it was stored: %j", (request) => {
    const draft = queueItemDraft(request);
    validateQueueItem(draft);
    expect(decodeQueueItem(draft)).toEqual({ request });
  });

  test("is stored as other implementations store it (spec/40 section 13)", () => {
    expect(requests.map((request) => queueItemDraft(request).payloadJson)).toEqual([
      JSON.stringify({ text }),
      JSON.stringify({ prompt: text, is_path: false }),
      '{"duration_seconds":1,"reason":"initial wait"}',
      '{"duration_seconds":60}',
      '{"reason":"operator"}',
      "{}",
      JSON.stringify({ message: text }),
    ]);
  });

  test("may carry keys that we do not know, and null for what is absent", () => {
    expect(decodeQueueItem(item("message_append", { text: "hi", priority: 3 })).request?.payload).toEqual({
      text: "hi",
    });
    const override = item("next_prompt_override", { prompt: "p", is_path: null });
    expect(decodeQueueItem(override).request?.payload).toEqual({ prompt: "p", is_path: false });
  });
});

describe("payloads are held against spec/40 section 4.1", () => {
  test.each([
    ["message_append", {}, "message_append payload text is required"],
    ["message_append", { text: " \n\t" }, "message_append payload text is required"],
    ["next_prompt_override", { is_path: true }, "next_prompt_override payload prompt is required"],
    ["next_prompt_override", { prompt: " " }, "next_prompt_override payload prompt is required"],
    ["pause", {}, "pause payload duration_seconds must be > 0"],
    ["pause", { duration_seconds: 0 }, "pause payload duration_seconds must be > 0"],
    ["pause", { duration_seconds: -5 }, "pause payload duration_seconds must be > 0"],
    ["steer_message", { message: "" }, "steer_message payload message is required"],
    ["message_append", { text: 5 }, "invalid message_append payload: text must be a string"],
    ["pause", { duration_seconds: 1.5 }, "invalid pause payload: duration_seconds must be an integer"],
    ["pause", { duration_seconds: "5" }, "invalid pause payload: duration_seconds must be an integer"],
    [
      "next_prompt_override",
      { prompt: "p", is_path: "yes" },
      "invalid next_prompt_override payload: is_path must be a boolean",
    ],
    ["stop_graceful", { reason: [] }, "invalid stop_graceful payload: reason must be a string"],
    ["kill_now", [], "invalid kill_now payload: must be a JSON object"],
    ["kill_now", null, "invalid kill_now payload: must be a JSON object"],
    ["nudge", {}, 'unknown loop queue item type "nudge"'],
  ])("%s %j: %s", (type, payload, message) => {
    const error = errorOf(() => validateQueueItem(item(type, payload)));
    expect(error.message).toBe(message);
    expect(error.kind).toBe(classify(message));
  });

  test("text that is not JSON is refused with the parser's message", () => {
    const { message } = errorOf(() => validateQueueItem({ type: "pause", payloadJson: "{oops" }));
    expect(message).toMatch(/^invalid pause payload: .+/);
  });

  test("the row itself is looked at first, and all of it at once", () => {
    const broken = { type: "", attempts: -1, payloadJson: "" };
    expect(errorOf(() => validateQueueItem(broken)).message).toBe(
      "type: queue item type is required; attempts: attempts must be >= 0; payload: queue item payload is required",
    );
    const unknown = { type: "nudge", attempts: -1, payloadJson: "{}" };
    expect(errorOf(() => validateQueueItem(unknown)).message).toBe("attempts: attempts must be >= 0");
  });

  test("a batch names the first bad item, counted from 0", () => {
    const good = item("message_append", { text: "a" });
    expect(() => validateQueueItems([])).not.toThrow();
    expect(() => validateQueueItems([good, good])).not.toThrow();
    const error = errorOf(() =>
      validateQueueItems([good, item("message_append", { text: "" }), item("nudge", {})]),
    );
    expect(error.message).toBe("invalid queue item at index 1: message_append payload text is required");
    expect(error.kind).toBe("invalid");
    const unknown = errorOf(() => validateQueueItems([item("nudge", {})]));
    expect(unknown.message).toBe('invalid queue item at index 0: unknown loop queue item type "nudge"');
    expect(unknown.kind).toBe("invalid");
  });
});

describe("stored items of any origin", () => {
  test("spec/40 edge cases: a payload that is not valid JSON gives a reason instead of a request", () => {
    expect(decodeQueueItem({ type: "message_append", payloadJson: "hello" }).reason).toMatch(
      /^invalid message_append payload: /,
    );
  });

  test("spec/10 section 5.1: so does an unknown type", () => {
    expect(decodeQueueItem(item("nudge", {}))).toEqual({ reason: 'unsupported queue item type "nudge"' });
  });

  test("never throw, and are accepted on writing exactly when they can be decoded", () => {
    const type = fc.oneof(fc.constantFrom(...QUEUE_ITEM_TYPES), fc.string());
    const fields = fc.record(
      {
        text: fc.anything(),
        prompt: fc.string(),
        is_path: fc.oneof(fc.boolean(), fc.anything()),
        duration_seconds: fc.oneof(fc.integer(), fc.double()),
        message: fc.string(),
        reason: fc.oneof(fc.string(), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const payloadJson = fc.oneof(
      fc.string(),
      fc.json(),
      fields.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(type, payloadJson, (type, payloadJson) => {
        const decoded = decodeQueueItem({ type, payloadJson });
        if (decoded.request) validateQueueItem({ type, payloadJson });
        else
          expect(errorOf(() => validateQueueItem({ type, payloadJson })).kind).toMatch(/^(invalid|unknown)$/);
      }),
      { numRuns: 500 },
    );
  });
});

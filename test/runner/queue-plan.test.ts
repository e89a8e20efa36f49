import { expect, test } from "bun:test";
import type { LoopId, QueueItemId } from "../../src/core/ids.ts";
import type { QueueItem } from "../../src/core/queue.ts";
import { planQueue, type QueuePlan } from "../../src/runner/queue-plan.ts";

const message = { type: "message_append", payload: { text: "m" } };
const steer = { type: "steer_message", payload: { message: "s" } };
const override = { type: "next_prompt_override", payload: { prompt: "o", is_path: false } };
const secondOverride = { type: "next_prompt_override", payload: { prompt: "o2", is_path: true } };
const pause = { type: "pause", payload: { duration_seconds: 2 } };
const stop = { type: "stop_graceful", payload: {} };
const kill = { type: "kill_now", payload: { reason: "operator" } };
const unknown = { type: "dance", payload: {} };
const undecodable = { type: "pause", payload: { duration_seconds: "soon" } };

function plan(...items: { type: string; payload: object }[]): QueuePlan {
  return planQueue(
    items.map(
      ({ type, payload }, index): QueueItem => ({
        id: `${index}` as QueueItemId, // tells the items apart
        loopId: "l" as LoopId,
        type,
        position: index + 1,
        status: "pending",
        attempts: 0,
        payloadJson: JSON.stringify(payload),
        createdAt: index * 1000,
      }),
    ),
  );
}

const at = (id: number) => ({ itemId: String(id), duration: 2000 });

test.each<[string, { type: string; payload: object }[], object]>([
  ["nothing", [], { itemIds: [], messages: [] }],
  ["a message", [message], { itemIds: ["0"], messages: [{ text: "m", at: 0 }] }],
  [
    "messages and a steer",
    [message, steer],
    {
      messages: [
        { text: "m", at: 0 },
        { text: "s", at: 1000 },
      ],
    },
  ],
  ["an override", [override], { override: { prompt: "o", isPath: false }, itemIds: ["0"] }],
  [
    "two overrides: the first wins, the second waits",
    [override, secondOverride],
    { override: { prompt: "o", isPath: false }, itemIds: ["0"] },
  ],
  ["a pause: before the run", [pause], { pauseBefore: at(0) }],
  [
    "a pause hides what is behind it",
    [pause, message, stop],
    { pauseBefore: at(0), messages: [], itemIds: [] },
  ],
  ["a pause behind a message: after the run", [message, pause], { pauseAfter: at(1), itemIds: ["0"] }],
  ["a pause behind an override: after the run", [override, pause], { pauseAfter: at(1) }],
  ["a stop", [stop], { end: "stop" }],
  ["a message and a stop: the message is not consumed", [message, stop], { end: "stop", itemIds: ["0"] }],
  ["a kill before a stop", [kill, stop], { end: "kill" }],
  [
    "an unknown type, which is passed over",
    [unknown, message],
    { itemIds: ["1"], rejected: [{ itemId: "0", reason: `unsupported queue item type "dance"` }] },
  ],
  [
    "a payload that cannot be read, which is passed over",
    [undecodable, message],
    {
      itemIds: ["1"],
      rejected: [{ itemId: "0", reason: "invalid pause payload: duration_seconds must be an integer" }],
    },
  ],
])("the plan of %s", (_what, items, expected) => {
  expect(plan(...items)).toMatchObject(expected);
});

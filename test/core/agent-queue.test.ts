import { describe, expect, test } from "bun:test";
import {
  AGENT_QUEUE_ITEM_TYPES,
  type AgentQueueItem,
  agentQueueItemJson,
  CONDITION_TYPES,
  validateAgentQueueItem,
} from "../../src/core/agent-queue.ts";
import type { AgentId, AgentQueueItemId } from "../../src/core/ids.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

const item = (type: string, payload: unknown, attempts = 0) => ({
  type,
  attempts,
  payloadJson: typeof payload === "string" ? payload : JSON.stringify(payload),
});

describe("items for an agent (spec/40 section 4.2)", () => {
  test("have the types and conditions of the list", () => {
    expect([...AGENT_QUEUE_ITEM_TYPES]).toEqual(["message", "pause", "conditional"]);
    expect([...CONDITION_TYPES]).toEqual(["when_idle", "after_cooldown", "after_previous", "custom"]);
  });

  test.each([
    item("message", { text: "hi", is_permission_response: true }),
    item("pause", { duration_seconds: 1 }),
    item("conditional", { condition_type: "when_idle", message: "go" }),
    item("conditional", { condition_type: "custom", expression: "x > 1", message: "go", more: 1 }),
  ])("that are sound are accepted: %j", (sound) => {
    expect(() => validateAgentQueueItem(sound)).not.toThrow();
  });

  test.each([
    [item("message", { text: " " }), "payload.text: message text is required"],
    [
      item("pause", { duration_seconds: 0 }),
      "payload.duration_seconds: duration_seconds must be greater than 0",
    ],
    [
      item("conditional", {}),
      "payload.condition_type: condition_type is required; payload.message: message is required",
    ],
    [
      item("conditional", { condition_type: "custom", message: "go" }),
      "payload.expression: expression is required for custom condition type",
    ],
    [
      item("", "", -1),
      "type: queue item type is required; attempts: attempts must be greater than or equal to 0; payload: queue item payload is required",
    ],
    [item("nudge", {}), 'type: unknown queue item type "nudge"'],
    [item("message", "[]"), "payload: invalid message payload: must be a JSON object"],
    [
      item("pause", { duration_seconds: "1" }),
      "payload: invalid pause payload: duration_seconds must be an integer",
    ],
  ])("that make no sense are refused: case %#", (bad, message) => {
    expect(errorOf(() => validateAgentQueueItem(bad)).message).toBe(message);
  });

  test("print the fields of spec/40 section 3 in their order", () => {
    const row: AgentQueueItem = {
      ...item("message", { text: "hi" }),
      // The brands of ids exist for the compiler only.
      id: "q" as AgentQueueItemId,
      agentId: "a" as AgentId,
      position: 1,
      status: "failed",
      evaluationCount: 2,
      createdAt: SAMPLE_TIME,
      error: "gone",
    };
    expect(JSON.stringify(agentQueueItemJson(row))).toBe(
      '{"id":"q","agent_id":"a","type":"message","position":1,"status":"failed","attempts":0,"evaluation_count":2,' +
        `"payload":{"text":"hi"},"created_at":"${SAMPLE_TIME_TEXT}","error":"gone"}`,
    );
  });
});

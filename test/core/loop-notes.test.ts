import { describe, expect, test } from "bun:test";
import { loopKvJson, validateLoopKv } from "../../src/core/loop-kv.ts";
import { loopWorkStateJson, validateLoopWorkState } from "../../src/core/loop-work-state.ts";
import { loopId, SAMPLE_TIME, SAMPLE_TIME_TEXT } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

describe("remembered values of a loop", () => {
  const kv = {
    id: "kv",
    loopId: loopId("loop"),
    key: "k",
    value: "v",
    createdAt: SAMPLE_TIME,
    updatedAt: SAMPLE_TIME,
  };

  test("print the fields of spec/40 section 3 in their order", () => {
    expect(JSON.stringify(loopKvJson(kv))).toBe(
      `{"id":"kv","loop_id":"loop","key":"k","value":"v","created_at":"${SAMPLE_TIME_TEXT}","updated_at":"${SAMPLE_TIME_TEXT}"}`,
    );
  });

  test("spec/40 edge cases: an empty value and a blank key are refused, a blank value is kept", () => {
    const bad = { loopId: loopId(""), key: " ", value: "" };
    expect(errorOf(() => validateLoopKv(bad)).message).toBe(
      "invalid loop kv: loop_id: loop_id is required; key: key is required; value: value is required",
    );
    validateLoopKv({ ...kv, value: " " });
  });
});

describe("work states of a loop", () => {
  const state = {
    id: "state",
    loopId: loopId("loop"),
    agentId: "agent",
    taskId: "task",
    status: "in_progress",
    detail: "",
    loopIteration: 0,
    isCurrent: false,
    createdAt: SAMPLE_TIME,
    updatedAt: SAMPLE_TIME,
  };

  test("print the fields of spec/40 section 3 in their order", () => {
    expect(JSON.stringify(loopWorkStateJson(state))).toBe(
      `{"id":"state","loop_id":"loop","agent_id":"agent","task_id":"task","status":"in_progress","loop_iteration":0,` +
        `"is_current":false,"created_at":"${SAMPLE_TIME_TEXT}","updated_at":"${SAMPLE_TIME_TEXT}"}`,
    );
  });

  test("need loop, agent, task and status", () => {
    const bad = { loopId: loopId(""), agentId: "", taskId: "", status: "" };
    expect(errorOf(() => validateLoopWorkState(bad)).message).toBe(
      "invalid loop work state: loop_id: loop_id is required; agent_id: agent_id is required; " +
        "task_id: task_id is required; status: status is required",
    );
    validateLoopWorkState(state);
  });
});

import { describe, expect, test } from "bun:test";
import {
  accountRotated,
  agentStateChanged,
  failed,
  messageCompleted,
  messageDispatched,
  messageFailed,
  messageQueued,
  rateLimited,
} from "../../src/core/core-events.ts";
import {
  concernsEntityType,
  type Event,
  type EventDraft,
  eventJson,
  validateEvent,
} from "../../src/core/event.ts";
import {
  CORE_EVENT_TYPES,
  ENTITY_TYPES,
  LOOP_EVENT_TYPES,
  SOCKET_EVENT_TYPES,
} from "../../src/core/event-types.ts";
import {
  logGrown,
  loopCreated,
  loopRemoved,
  loopStateChanged,
  queueChanged,
  runFinished,
  runnerEvent,
  runStarted,
} from "../../src/core/loop-events.ts";
import { eventId, SAMPLE_TIME, SAMPLE_TIME_TEXT, sampleLoop, sampleRun } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

const payloadText = (draft: EventDraft) => JSON.stringify(draft.payload);

const row: Event = {
  id: eventId("event"),
  timestamp: SAMPLE_TIME,
  type: "node.added",
  entityType: "node",
  entityId: "n1",
};

describe("the names of events (spec/40 section 2.1, 2.2; spec/10 section 12.1)", () => {
  test("are 20 core types and 6 entity types, each once", () => {
    expect(new Set(CORE_EVENT_TYPES).size).toBe(20);
    expect([...ENTITY_TYPES]).toEqual(["node", "workspace", "agent", "queue", "account", "system"]);
    const all = [...CORE_EVENT_TYPES, ...LOOP_EVENT_TYPES, ...SOCKET_EVENT_TYPES];
    expect(new Set(all).size).toBe(all.length);
  });

  test("spec/40 edge cases: loop is no entity type of a row", () => {
    expect(ENTITY_TYPES.map(String)).not.toContain("loop");
  });
});

describe("an event row", () => {
  test("is printed with its payload embedded, in the order of spec/40 section 3", () => {
    const full = { ...row, payloadJson: '{"a":1}', metadata: { kind: "loop" } };
    expect(JSON.stringify(eventJson(full))).toBe(
      `{"id":"event","timestamp":"${SAMPLE_TIME_TEXT}","type":"node.added","entity_type":"node","entity_id":"n1",` +
        `"payload":{"a":1},"metadata":{"kind":"loop"}}`,
    );
  });

  test.each([[undefined], [""]])(
    "spec/40 edge cases: payload text %p is treated as absent",
    (payloadJson) => {
      expect(
        Object.keys(JSON.parse(JSON.stringify(eventJson({ ...row, payloadJson, metadata: {} })))),
      ).toEqual(["id", "timestamp", "type", "entity_type", "entity_id"]);
    },
  );

  test("with a payload that is not JSON shows it as text", () => {
    expect(eventJson({ ...row, payloadJson: "boom" }).payload).toBe("boom");
  });

  test("needs type, entity type and entity id", () => {
    expect(errorOf(() => validateEvent({ type: "", entityType: " ", entityId: "" })).message).toBe(
      "invalid event: type: event type is required; entity_type: entity_type is required; entity_id: entity_id is required",
    );
    validateEvent(row);
  });

  test.each([
    ["system", "run", "run", true],
    ["system", "run", "loop", true],
    ["system", "loop", "loop", true],
    ["system", "loop", "run", false],
    ["system", "loop", "system", true],
    ["node", undefined, "node", true],
    ["node", undefined, "loop", false],
  ])("of type %s and kind %p for a hook on %s: %p", (entityType, kind, wanted, concerns) => {
    const metadata = kind === undefined ? undefined : { kind };
    expect(concernsEntityType({ entityType, metadata }, wanted)).toBe(concerns);
  });
});

describe("events of loops and runs (spec/10 section 12.1)", () => {
  const loop = sampleLoop({
    state: "stopped",
    lastError: "max iterations reached (3)",
    metadata: { iteration_count: 3 },
  });

  test("are about the system and carry the loop in their metadata", () => {
    expect(loopCreated(loop)).toEqual({
      type: "loop.created",
      entityType: "system",
      entityId: loop.id,
      payload: { name: "builder", repo_path: "/repo" },
      metadata: { kind: "loop", loop_id: loop.id, loop_name: "builder" },
    });
    expect(loopRemoved(loop).type).toBe("loop.removed");
  });

  test.each(["loop.started", "loop.stopped", "loop.failed"] as const)(
    "%s tells how the loop stands",
    (type) => {
      const event = runnerEvent(type, loop, "daemon");
      expect(event.type).toBe(type);
      expect(payloadText(event)).toBe(
        '{"state":"stopped","last_error":"max iterations reached (3)","iteration_count":3,"owner":"daemon"}',
      );
      expect(payloadText(runnerEvent(type, sampleLoop(), "local"))).toBe(
        '{"state":"stopped","iteration_count":0,"owner":"local"}',
      );
    },
  );

  test("a change of state names both, and what a wait waits for", () => {
    expect(payloadText(loopStateChanged(loop, { oldState: "running", newState: "sleeping" }))).toBe(
      '{"old_state":"running","new_state":"sleeping"}',
    );
    const waiting = {
      oldState: "running",
      newState: "waiting",
      waitKind: "profile",
      waitUntil: SAMPLE_TIME,
    } as const;
    expect(payloadText(loopStateChanged(loop, waiting))).toBe(
      `{"old_state":"running","new_state":"waiting","wait_kind":"profile","wait_until":"${SAMPLE_TIME_TEXT}"}`,
    );
  });

  test("the start of a run tells who does it, and names the run in the metadata", () => {
    const run = sampleRun({ promptSource: "base" });
    const event = runStarted(loop, run, { profile: "claude-a", harness: "claude" });
    expect(payloadText(event)).toBe(
      `{"run_id":"${run.id}","kind":"main","profile":"claude-a","harness":"claude","prompt_source":"base"}`,
    );
    expect(event.metadata).toEqual({ kind: "run", loop_id: loop.id, loop_name: "builder", run_id: run.id });
  });

  test.each([
    ["success", "run.finished", 0],
    ["error", "run.failed", 3],
    ["killed", "run.finished", -9],
  ] as const)("the end of a run with status %s is %s", (status, type, exitCode) => {
    const run = sampleRun({
      status,
      exitCode,
      finishedAt: SAMPLE_TIME + 1500,
      metadata: { kind: "qual_stop" },
    });
    const event = runFinished(loop, run, "claude-a");
    expect(event.type).toBe(type);
    expect(payloadText(event)).toBe(
      `{"run_id":"${run.id}","kind":"qual_stop","profile":"claude-a","status":"${status}","exit_code":${exitCode},"duration_ms":1500}`,
    );
  });

  test("a clock that went backwards gives a duration of 0", () => {
    const run = sampleRun({ status: "success", finishedAt: SAMPLE_TIME - 5000 });
    expect(runFinished(loop, run, "p").payload?.duration_ms).toBe(0);
  });

  test("what changes often is told in numbers", () => {
    expect(queueChanged(loop, 2)).toMatchObject({
      type: "queue.changed",
      payload: { pending: 2 },
      metadata: { kind: "queue" },
    });
    expect(logGrown(loop, "/log", 10)).toMatchObject({
      type: "log.grown",
      payload: { path: "/log", size: 10 },
    });
  });
});

describe("core events (spec/40 section 2.3)", () => {
  const item = { queueItemId: "q", itemType: "message", agentId: "a" };
  const limit = { accountId: "acc", provider: "openai", cooldownSeconds: 60 };

  test.each([
    [
      agentStateChanged("a", { oldState: "idle", newState: "working", confidence: "high", reason: "" }),
      '{"old_state":"idle","new_state":"working","confidence":"high","reason":""}',
    ],
    [messageQueued(item), '{"queue_item_id":"q","item_type":"message","agent_id":"a"}'],
    [
      messageDispatched(item, "hi"),
      '{"queue_item_id":"q","item_type":"message","agent_id":"a","message":"hi"}',
    ],
    [messageDispatched(item, ""), '{"queue_item_id":"q","item_type":"message","agent_id":"a"}'],
    [
      messageCompleted(item, "1m30s"),
      '{"queue_item_id":"q","item_type":"message","agent_id":"a","duration":"1m30s"}',
    ],
    [
      messageFailed(item, "gone", 2),
      '{"queue_item_id":"q","item_type":"message","agent_id":"a","error":"gone","attempts":2}',
    ],
    [
      rateLimited("rate_limit.hit", { ...limit, reason: "429" }),
      '{"account_id":"acc","provider":"openai","cooldown_seconds":60,"reason":"429"}',
    ],
    [
      rateLimited("rate_limit.detected", limit),
      '{"account_id":"acc","provider":"openai","cooldown_seconds":60}',
    ],
    [
      accountRotated({ agentId: "a", oldAccountId: "x", newAccountId: "y", reason: "limit" }),
      '{"agent_id":"a","old_account_id":"x","new_account_id":"y","reason":"limit"}',
    ],
    [
      failed("agent", "a", { error: "boom", stackTrace: "at x", context: { n: 1 } }),
      '{"error":"boom","stack_trace":"at x","context":{"n":1}}',
    ],
    [failed("system", "s", { error: "boom", stackTrace: "", context: {} }), '{"error":"boom"}'],
  ])("carry their fields in order: case %#", (draft, payload) => {
    expect(payloadText(draft)).toBe(payload);
    validateEvent(draft);
  });
});

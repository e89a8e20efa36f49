import { expect, test } from "bun:test";
import type { Event } from "../../src/core/event.ts";
import {
  type Hook,
  hookEventJson,
  hookJson,
  hookTakes,
  readHook,
  retryDelay,
  shownHookJson,
} from "../../src/core/hook.ts";
import type { EventId } from "../../src/core/ids.ts";
import { checkWebhookSecret, signatureHeaders } from "../../src/core/webhook-signature.ts";

const event: Event = {
  ...{ id: "e-1" as EventId, timestamp: 5000, type: "run.failed", entityType: "system", entityId: "loop-1" },
  metadata: { kind: "run", loop_id: "loop-1" },
};
const hook = (fields: object = {}): Hook =>
  readHook({ id: "h", kind: "command", command: "true", enabled: true, ...fields });

test.each([
  ["no filter", {}, true],
  ["its type", { event_types: ["a", "run.failed"] }, true],
  ["other types", { event_types: ["run.finished"] }, false],
  ["the kind in its metadata", { entity_types: ["run"] }, true],
  ["the loop of a run", { entity_types: ["loop"] }, true],
  ["its stored entity type", { entity_types: ["system"] }, true],
  ["another kind of thing", { entity_types: ["agent"] }, false],
  ["its thing", { entity_id: "loop-1" }, true],
  ["another thing", { entity_id: "loop-2" }, false],
  ["one filter of two", { event_types: ["run.failed"], entity_id: "loop-2" }, false],
  ["a hook that is disabled", { enabled: false }, false],
  ["a hook of the same second", { updated_at: "1970-01-01T00:00:05Z" }, true],
  ["a hook that came later", { updated_at: "1970-01-01T00:00:06Z" }, false],
])("30 section 11: an event is taken by %s: %p", (_name, fields, taken) => {
  expect(hookTakes(hook(fields), event)).toBe(taken);
});

test("hooks of other implementations keep what we do not know, and their nanoseconds are understood", () => {
  const stored = { id: "h", kind: "webhook", url: "http://x", enabled: true, timeout: 5e9, colour: "red" };
  const read = readHook(stored);
  expect(read.timeout).toBe(5000);
  expect(hookJson(read)).toMatchObject({ colour: "red", timeout: "5s" });
});

test.each([[7], [{}], [{ id: "h", kind: "pigeon", command: "x" }], [{ id: "h", kind: "webhook" }]])(
  "the entry %j is refused",
  (value) => {
    expect(() => readHook(value)).toThrow();
  },
);

test("secrets of a hook are not shown, other headers are", () => {
  const headers = { Authorization: "Bearer x", "X-Api-Key": "k", "X-Team": "blue" };
  const secrets = { secret: "whsec_x", secret_env: "NAME" };
  expect(shownHookJson(hook({ kind: "webhook", url: "http://x", headers, ...secrets }))).toMatchObject({
    headers: { Authorization: "***", "X-Api-Key": "***", "X-Team": "blue" },
    secret: "***",
    secret_env: "***",
  });
});

test("no secret leaves in an event, and names that only look like one do", () => {
  const payloadJson = JSON.stringify({
    name: "task-1",
    last_error: "denied: Bearer abc",
    api_key: "k",
    n: 1,
  });
  expect(hookEventJson({ ...event, payloadJson }).payload).toEqual({
    name: "task-1",
    last_error: "[REDACTED]",
    api_key: "[REDACTED]",
    n: 1,
  });
});

test("a webhook is called again after 5 s, 30 s, 5 m and 1 h, with jitter, and then no more", () => {
  const middle = [1, 2, 3, 4, 5].map((attempts) => retryDelay(attempts, 0.5));
  expect(middle).toEqual([5000, 30_000, 300_000, 3_600_000, undefined]);
  expect(retryDelay(1, 0)).toBe(4000);
  expect(retryDelay(1, 0.9999)).toBeCloseTo(6000, -1);
});

test("a signature is that of Standard Webhooks", () => {
  // The example of its specification.
  const message = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: 1614265330,
    body: '{"test": 2432232314}',
  };
  expect(signatureHeaders("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message)).toEqual({
    "webhook-id": message.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test.each(["", "whsec_", "abc", "whsec_a", "whsec_a b="])("the secret %p is refused", (secret) => {
  expect(() => checkWebhookSecret(secret)).toThrow("invalid webhook secret (expected whsec_<base64>)");
});

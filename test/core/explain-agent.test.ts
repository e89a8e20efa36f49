import { expect, test } from "bun:test";
import { AGENT_CONDITION_WORDS, type AgentProgress, agentObstacle } from "../../src/core/agent-condition.ts";
import { type AgentFacts, agentExplanationJson, explainAgent } from "../../src/core/explain-agent.ts";

const NOW = Date.UTC(2026, 0, 2);
const facts = (some: Partial<AgentFacts> = {}): AgentFacts => ({
  ...{ id: "agent-1", label: "agent-1", type: "codex", state: "idle", reason: "", confidence: "high" },
  ...{ pausedUntil: undefined, lastActivity: undefined, items: { total: 0, pending: 0 }, account: undefined },
  ...{
    persistent: undefined,
    failures: { count: 0, last: undefined },
    lastSendToIdleMs: undefined,
    now: NOW,
  },
  ...some,
});
const kept = (ageSeconds: number, idleSeconds: number, ttlSeconds?: number) => ({
  persistent: { createdAt: NOW - ageSeconds * 1000, lastActivity: NOW - idleSeconds * 1000, ttlSeconds },
});

test.each<[string, Partial<AgentFacts>, string[]]>([
  ["an idle one", {}, []],
  ["an approval", { state: "awaiting_approval" }, ["waiting for user approval"]],
  ["a limit", { state: "rate_limited" }, ["rate limited by provider"]],
  ["an error", { state: "error" }, ["agent encountered an error"]],
  ["an error with a reason", { state: "error", reason: "boom" }, ["agent encountered an error: boom"]],
  ["a pause", { state: "paused" }, ["agent is paused"]],
  [
    "a pause that ends",
    { state: "paused", pausedUntil: NOW + 90_000 },
    ["agent is paused (will resume in 1m30s)"],
  ],
  ["a ttl", kept(60, 0, 60), ["stale: ttl expired (60s >= 60s)"]],
  ["a long rest", kept(9000, 3600), ["stale: idle for 3600s (>= 3600s)"]],
  ["a rest that is not long enough", kept(9000, 3599), []],
  ["long work", { ...kept(9000, 3600), state: "working" }, []],
  ["failures", { failures: { count: 2, last: "x" } }, ["recent failures: 2"]],
])("20 section 20: %s blocks an agent for %p", (_name, some, reasons) => {
  const { blockReasons, isBlocked } = explainAgent(facts(some));
  expect(blockReasons).toEqual(reasons);
  expect(isBlocked).toBe(reasons.length > 0);
});

test("a cooldown of the account is told and blocks nothing by itself", () => {
  const account = { profileName: "work", cooldownUntil: NOW + 60_000 };
  const explanation = explainAgent(facts({ account }));
  expect(explanation.blockReasons).toEqual(["account cooldown active"]);
  expect(agentExplanationJson(explanation)).toMatchObject({
    is_blocked: false,
    account_status: { profile_name: "work", cooldown_until: "2026-01-02T00:01:00Z", is_in_cooldown: true },
  });
});

const agent = (some: Partial<AgentProgress> = {}): AgentProgress => ({
  ...{ state: "idle", pending: 0, cooldownUntil: undefined },
  ...some,
});

test.each<[string, AgentProgress[], string | undefined]>([
  ["idle", [agent()], undefined],
  ["idle", [agent({ state: "working" })], "state: working"],
  ["queue-empty", [agent({ pending: 2 })], "queue: 2 pending"],
  ["cooldown-over", [agent({ cooldownUntil: NOW })], undefined],
  ["cooldown-over", [agent({ cooldownUntil: NOW + 41_500 })], "cooldown: 42s remaining"],
  ["ready", [agent()], undefined],
  ["ready", [agent({ pending: 1, cooldownUntil: NOW + 1 })], "queue: 1 pending"],
  ["all-idle", [agent(), agent({ state: "error" })], "1/2 agents not idle"],
  ["all-idle", [], undefined],
  ["any-idle", [agent({ state: "working" }), agent({ state: "error" })], "0/2 agents idle"],
  ["any-idle", [agent(), agent({ state: "error" })], undefined],
  ["any-idle", [], undefined],
])("20 section 19: %s of %j is kept from being met by %p", (word, agents, obstacle) => {
  expect(AGENT_CONDITION_WORDS).toContain(word);
  expect(agentObstacle(word, agents, NOW)).toBe(obstacle);
});

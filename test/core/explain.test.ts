import { describe, expect, test } from "bun:test";
import { explainLoop, loopExplanationJson } from "../../src/core/explain-loop.ts";
import { explainQueueItem, queueItemExplanationJson } from "../../src/core/explain-queue-item.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { LoopFacts } from "../../src/core/loop-facts.ts";
import {
  SAMPLE_TIME,
  SAMPLE_TIME_TEXT,
  sampleLoop,
  sampleQueueItem,
  sampleRun,
} from "../support/core-samples.ts";

const facts = (
  state: Loop["state"],
  changes: Partial<LoopFacts> = {},
  loop: Partial<Loop> = {},
): LoopFacts => ({
  loop: sampleLoop({ state, ...loop }),
  verdict: state === "stopped" || state === "error" ? "none" : "live",
  failures: 0,
  lastRunProfile: "p",
  pending: [],
  now: SAMPLE_TIME,
  ...changes,
});

const running = sampleRun({ startedAt: SAMPLE_TIME - 90_000 });
const done = sampleRun({
  status: "success",
  exitCode: 0,
  startedAt: SAMPLE_TIME - 90_000,
  finishedAt: SAMPLE_TIME - 60_000,
});

describe("20 section 20.1: why a loop does what it does", () => {
  type Row = [row: string, LoopFacts, why: string, next: string, first: string];
  const rows: Row[] = [
    ["never run", facts("stopped"), "it has never run", "never: stopped", "forge resume builder"],
    [
      "stopped",
      facts("stopped", { lastRun: done }),
      "it was stopped",
      "never: stopped",
      "forge resume builder",
    ],
    [
      "at its limit",
      facts("stopped", { lastRun: done }, { lastError: "max iterations reached (3)" }),
      "max iterations reached (3)",
      "never: stopped",
      "forge resume builder",
    ],
    [
      "killed",
      facts("stopped", {}, { lastError: "operator" }),
      "an operator killed it",
      "never: stopped",
      "forge resume builder",
    ],
    [
      "stale",
      facts("stopped", {}, { lastError: "stale_runner" }),
      "its runner died",
      "never: stopped",
      "forge resume builder",
    ],
    ["failed", facts("error", {}, { lastError: "boom" }), "boom", "never: error", "forge logs builder -n 50"],
    [
      "without a profile",
      facts("error", {}, { lastError: "pool unavailable" }),
      "pool unavailable",
      "never: error",
      "forge profile init",
    ],
    [
      "with an empty pool",
      facts("error", { poolName: "main" }, { lastError: "pool unavailable" }),
      "pool unavailable",
      "never: error",
      "forge pool add main <profile>",
    ],
    [
      "without a prompt",
      facts("error", {}, { lastError: "open /r/.forge/prompts/default.md: no such file or directory" }),
      "open /r/.forge/prompts/default.md: no such file or directory",
      "never: error",
      "forge init",
    ],
    [
      "whose command is not there",
      facts("sleeping", { lastRun: { ...done, exitCode: 127 }, nextActionAt: SAMPLE_TIME + 42_000 }),
      "it rests between two runs",
      "in 42s",
      "forge profile doctor p",
    ],
    [
      "running",
      facts("running", { lastRun: running }),
      "a run has been going on for 1m30s",
      "when the run ends",
      "forge logs builder -f",
    ],
    [
      "between steps",
      facts("running", { lastRun: done }),
      "its runner is between two steps",
      "when the run ends",
      "forge logs builder -f",
    ],
    [
      "sleeping",
      facts("sleeping", { lastRun: done, nextActionAt: SAMPLE_TIME + 42_000 }),
      "it rests between two runs",
      "in 42s",
      'forge msg builder --now "..."',
    ],
    [
      "about to wake",
      facts("sleeping", { nextActionAt: SAMPLE_TIME - 1 }),
      "it rests between two runs",
      "in a moment",
      'forge msg builder --now "..."',
    ],
    [
      "backing off",
      facts("sleeping", { failures: 3, nextActionAt: SAMPLE_TIME + 5000 }, { lastError: "exit status 1" }),
      "its last 3 runs failed: exit status 1",
      "in 5s",
      "forge logs builder -n 50",
    ],
    [
      "pausing",
      facts("sleeping", {
        pending: [sampleQueueItem({ type: "pause", payloadJson: '{"duration_seconds":60}' })],
      }),
      "an operator asked for a pause",
      "in a moment",
      'forge msg builder --now "..."',
    ],
    [
      "waiting for a profile",
      facts(
        "waiting",
        { wait: { kind: "profile" }, profileName: "claude-a", nextActionAt: SAMPLE_TIME },
        { lastError: "waiting for profile availability until T" },
      ),
      "waiting for profile availability until T",
      `at ${SAMPLE_TIME_TEXT} when profile claude-a is free`,
      "forge profile cooldown clear claude-a",
    ],
    [
      "waiting for a slot",
      facts("waiting", {
        wait: { kind: "profile", reason: "profile a is busy" },
        profileName: "a",
        profileSlots: 2,
      }),
      "profile a is busy",
      "when profile a is free",
      "forge ps --state running",
    ],
    [
      "stopped while it waited",
      facts("stopped", {}, { lastError: "waiting for profile availability until T" }),
      "it was stopped while it waited",
      "never: stopped",
      "forge resume builder",
    ],
    [
      "held",
      facts("stopped", { isHeld: true, lastRun: done }, { lastError: "context canceled" }),
      "the supervisor was stopped while it ran",
      "with forge daemon start",
      "forge daemon start",
    ],
    [
      "waiting for a pool",
      facts("waiting", { wait: { kind: "profile" } }),
      "it waits for a profile",
      "when a profile is free",
      "forge profile cooldown ls",
    ],
    [
      "blocked",
      facts("waiting", { wait: { kind: "blocked", reason: "no key" } }),
      "blocked: no key",
      "when you answer",
      'forge msg builder "..."',
    ],
    [
      "parked",
      facts("waiting", { wait: { kind: "parked", reason: "profile a parked (auth)" }, profileName: "a" }),
      "profile a parked (auth)",
      "when you clear it",
      "forge profile cooldown clear a",
    ],
    [
      "out of budget",
      facts("waiting", { wait: { kind: "budget", reason: "budget b" }, nextActionAt: SAMPLE_TIME }),
      "budget b",
      `at ${SAMPLE_TIME_TEXT}`,
      "forge budget ls --loop builder",
    ],
    [
      "dead",
      facts("running", { verdict: "stale" }),
      "it should be running, but its runner is dead",
      "never: its runner is dead",
      "forge resume builder",
    ],
  ];
  test.each(rows)("%s", (_row, given, why, next, first) => {
    const explanation = explainLoop(given);
    expect([explanation.why, explanation.next, explanation.suggestions[0]]).toEqual([why, next, first]);
  });

  test("blocked is what an error, a person or a budget holds up", () => {
    const isBlocked = (given: LoopFacts) => explainLoop(given).isBlocked;
    expect(isBlocked(facts("error"))).toBe(true);
    expect(isBlocked(facts("waiting", { wait: { kind: "budget" } }))).toBe(true);
    expect(isBlocked(facts("waiting", { wait: { kind: "profile" } }))).toBe(false);
    expect(isBlocked(facts("stopped"))).toBe(false);
  });

  test("suggestions name a loop so that a shell takes it as one word", () => {
    const given = facts("stopped", {}, { name: "a; rm -rf ~" });
    expect(explainLoop(given).suggestions).toEqual(["forge resume kxcb0dm5"]);
  });

  test("as JSON", () => {
    const item = sampleQueueItem();
    const given = facts(
      "sleeping",
      {
        owner: "daemon",
        instanceId: "i",
        pid: 7,
        lastRun: done,
        nextActionAt: SAMPLE_TIME,
        pending: [item, item, item, item],
        now: SAMPLE_TIME,
      },
      { maxIterations: 10, metadata: { iteration_count: 3, started_at: "2026-01-02T03:00:00Z" } },
    );
    expect(JSON.parse(JSON.stringify(loopExplanationJson(explainLoop(given))))).toEqual({
      loop_id: given.loop.id,
      short_id: "kxcb0dm5",
      name: "builder",
      state: "sleeping",
      is_blocked: false,
      why: "it rests between two runs",
      block_reasons: [],
      next_action_at: SAMPLE_TIME_TEXT,
      runner: { owner: "daemon", alive: true, pid: 7, instance_id: "i" },
      last_run: {
        run_id: done.id,
        status: "success",
        exit_code: 0,
        finished_at: "2026-01-02T03:03:05Z",
        profile: "p",
      },
      limits: { iterations: 3, max_iterations: 10, runtime_seconds: 245, max_runtime_seconds: 0 },
      queue: {
        pending: 4,
        items: Array.from({ length: 3 }, () => ({
          id: item.id,
          type: item.type,
          created_at: SAMPLE_TIME_TEXT,
        })),
      },
      suggestions: ['forge msg builder --now "..."'],
    });
  });
});

describe("20 section 20: a queue item", () => {
  const item = sampleQueueItem();

  test("that nothing holds up", () => {
    const printed = queueItemExplanationJson(explainQueueItem(item, sampleLoop({ state: "sleeping" }), []));
    expect(printed).toEqual({
      item_id: item.id,
      loop_id: item.loopId,
      type: "message_append",
      status: "pending",
      position: 1,
      is_blocked: false,
      loop_state: "sleeping",
      created_at: SAMPLE_TIME_TEXT,
      content: "hello",
    });
  });

  test("of a stopped loop, behind a pause", () => {
    const ahead = [sampleQueueItem(), sampleQueueItem({ type: "pause" })];
    const explanation = explainQueueItem(item, sampleLoop({ lastError: "operator" }), ahead);
    expect(explanation.blockReasons).toEqual([
      "the loop is in state stopped (operator)",
      "a pause is before it",
    ]);
    expect(explanation.suggestions).toEqual([
      "forge resume builder",
      `forge queue move builder ${item.id} --to front`,
    ]);
  });

  test("that is done has nothing to wait for", () => {
    const done = explainQueueItem(sampleQueueItem({ status: "completed" }), sampleLoop(), []);
    expect([done.blockReasons, done.suggestions]).toEqual([[], []]);
  });

  test("that cannot be read", () => {
    const broken = sampleQueueItem({ payloadJson: "{" });
    const explanation = explainQueueItem(broken, sampleLoop({ state: "running" }), []);
    expect(explanation.blockReasons[0]).toStartWith("it cannot be done: ");
    expect(explanation.suggestions).toEqual([`forge queue rm builder ${item.id}`]);
    expect(explanation.content).toBeUndefined();
  });

  test("with long words shows the first 100 characters", () => {
    const long = sampleQueueItem({ payloadJson: JSON.stringify({ text: "\u{1f600}".repeat(101) }) });
    expect(explainQueueItem(long, sampleLoop(), []).content).toBe(`${"\u{1f600}".repeat(100)}...`);
  });
});

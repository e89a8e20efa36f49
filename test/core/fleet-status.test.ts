import { describe, expect, test } from "bun:test";
import { type FleetLoop, fleetStatus, fleetStatusJson, topAlerts } from "../../src/core/fleet-status.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT, sampleLoop } from "../support/core-samples.ts";

const entry = (changes: Partial<FleetLoop> = {}, loop = sampleLoop()): FleetLoop => ({
  loop,
  pending: 0,
  health: "unknown",
  hasLostSupervisor: false,
  isCooling: false,
  ...changes,
});

const inState = (state: FleetLoop["loop"]["state"], changes: Partial<FleetLoop> = {}) =>
  entry(changes, sampleLoop({ state }));

const agentStateOf = (loop: FleetLoop) => {
  const { states } = fleetStatus([loop], SAMPLE_TIME);
  return Object.entries(states).find(([, count]) => count === 1)?.[0];
};

const alertsOf = (loop: FleetLoop) =>
  fleetStatus([loop], SAMPLE_TIME).alerts.map(
    ({ severity, type, message }) => `${severity} ${type} ${message}`,
  );

describe("20 section 18: the fleet in a few numbers", () => {
  test.each<[string, FleetLoop, string]>([
    ["error", inState("error", { isCooling: true }), "error"],
    ["stopped", inState("stopped", { isCooling: true }), "stopped"],
    ["waiting", inState("waiting"), "awaiting_approval"],
    ["waiting in cooldown", inState("waiting", { isCooling: true }), "rate_limited"],
    ["waiting, parked", inState("waiting", { wait: { kind: "parked" } }), "paused"],
    ["waiting for a budget", inState("waiting", { wait: { kind: "budget" } }), "paused"],
    ["waiting for a profile", inState("waiting", { wait: { kind: "profile" } }), "awaiting_approval"],
    ["sleeping", inState("sleeping"), "paused"],
    ["sleeping in cooldown", inState("sleeping", { isCooling: true }), "rate_limited"],
    ["running", inState("running"), "idle"],
    ["running with a message", inState("running", { pending: 1 }), "working"],
    ["running in cooldown", inState("running", { isCooling: true, pending: 1 }), "rate_limited"],
    ["running, its supervisor lost", inState("running", { hasLostSupervisor: true }), "stopped"],
  ])("a loop that is %s counts as %s", (_state, loop, expected) => {
    expect(agentStateOf(loop)).toBe(expected);
  });

  test.each<[string, FleetLoop, string[]]>([
    ["nothing", inState("running", { health: "online" }), []],
    ["an error", inState("error"), ["error error Loop 'builder' error"]],
    [
      "an error with its text",
      entry({}, sampleLoop({ state: "error", lastError: "boom" })),
      ["error error Loop 'builder' error: boom"],
    ],
    [
      "a cooldown",
      inState("stopped", { isCooling: true }),
      ["info cooldown Loop 'builder' profile cooldown active"],
    ],
    ["a wait without messages", inState("waiting"), []],
    [
      "a wait with messages",
      inState("waiting", { pending: 2 }),
      ["warning approval_needed Loop 'builder' waiting with 2 pending queue item(s)"],
    ],
    [
      "a verdict that blocks",
      inState("waiting", { wait: { kind: "blocked", reason: "no key" } }),
      ["warning approval_needed Loop 'builder' blocked: no key"],
    ],
    [
      "a profile that somebody has to clear",
      inState("waiting", { wait: { kind: "parked", reason: "profile a parked (auth)" } }),
      ["warning approval_needed Loop 'builder' waiting: profile a parked (auth)"],
    ],
    [
      "a runner that is gone",
      inState("sleeping", { health: "offline" }),
      ["error error Loop 'builder' runner health check failed"],
    ],
    ["a runner that was gone", inState("stopped", { health: "offline" }), []],
    [
      "all at once, the worst first",
      inState("waiting", { pending: 1, isCooling: true, health: "offline" }),
      [
        "error error Loop 'builder' runner health check failed",
        "warning approval_needed Loop 'builder' waiting with 1 pending queue item(s)",
        "info cooldown Loop 'builder' profile cooldown active",
      ],
    ],
  ])("alerts: %s", (_row, loop, expected) => {
    expect(alertsOf(loop)).toEqual(expected);
  });

  test("what blocks an agent is told before anything else (spec/15 section 7.3)", () => {
    const blocked = inState("waiting", { wait: { kind: "blocked", reason: "no key" } });
    const status = fleetStatus(
      [inState("error"), inState("sleeping", { health: "offline" }), blocked],
      SAMPLE_TIME,
    );
    expect(topAlerts(status)[0]?.message).toBe("Loop 'builder' blocked: no key");
  });

  test("five alerts are shown, the newest of the worst first; all are counted", () => {
    const loops = Array.from({ length: 7 }, (_, index) =>
      entry({}, sampleLoop({ name: `l${index}`, state: "error", updatedAt: SAMPLE_TIME + index * 1000 })),
    );
    const status = fleetStatus([...loops, inState("stopped", { isCooling: true })], SAMPLE_TIME);
    expect(status.alerts.length).toBe(8);
    expect(topAlerts(status).map(({ message }) => message.slice(5, 9))).toEqual([
      "'l6'",
      "'l5'",
      "'l4'",
      "'l3'",
      "'l2'",
    ]);
  });

  test("repositories are counted once, and no path not at all", () => {
    const paths = ["/a", "/b", "/a", ""];
    const loops = paths.map((repoPath) => entry({}, sampleLoop({ repoPath })));
    expect(fleetStatus(loops, SAMPLE_TIME).workspaces).toBe(2);
  });

  test("as JSON every state is there, and items only where there are any", () => {
    const zeros = {
      working: 0,
      idle: 0,
      awaiting_approval: 0,
      rate_limited: 0,
      error: 0,
      paused: 0,
      starting: 0,
      stopped: 0,
    };
    const printed = (loops: FleetLoop[]) =>
      JSON.parse(JSON.stringify(fleetStatusJson(fleetStatus(loops, SAMPLE_TIME))));
    expect(printed([])).toEqual({
      timestamp: SAMPLE_TIME_TEXT,
      nodes: { total: 0, online: 0, offline: 0, unknown: 0 },
      workspaces: 0,
      agents: { total: 0, by_state: zeros },
      alerts: { total: 0 },
    });
    expect(printed([inState("error", { health: "online" })])).toEqual({
      timestamp: SAMPLE_TIME_TEXT,
      nodes: { total: 1, online: 1, offline: 0, unknown: 0 },
      workspaces: 1,
      agents: { total: 1, by_state: { ...zeros, error: 1 } },
      alerts: {
        total: 1,
        items: [
          {
            type: "error",
            severity: "error",
            message: "Loop 'builder' error",
            agent_id: "kxcb0dm5",
            created_at: SAMPLE_TIME_TEXT,
          },
        ],
      },
    });
  });
});

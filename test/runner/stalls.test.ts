import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { readStallState } from "../../src/core/stall-state.ts";
import { RunnerControl } from "../../src/runner/control.ts";
import { HandedOver } from "../../src/runner/ending.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { findLoopRuntime, patchLoopRuntime } from "../../src/store/fx-loops.ts";
import { jsonLines } from "../harness/streams.ts";
import { waitFor } from "../support/wait-for.ts";
import type { LoopWorld } from "./loop-world.ts";
import { StalledWorld } from "./stalled-world.ts";

let stalled: StalledWorld;
let world: LoopWorld;

beforeEach(async () => {
  stalled = await StalledWorld.make();
  world = stalled.world;
});
afterEach(() => world[Symbol.asyncDispose]());

const events = (type: string) =>
  queryEvents(world.db, { type, limit: 10 }).events.map(({ payloadJson }) => JSON.parse(payloadJson ?? "{}"));
const quietSince = (loop: Loop) => readStallState(findLoopRuntime(world.db, loop.id)?.retry).quietSince;
const mentions = (loop: Loop, word: RegExp) => world.logLines(loop).filter((line) => word.test(line));

/** A loop of one run whose claude prints its session, `s1`, and then does what the command says. */
function loopDoing(command: string, harness = "claude"): Loop {
  const file = world.file("session.jsonl", jsonLines({ type: "system", subtype: "init", session_id: "s1" }));
  const profile = world.profile([], {
    harness,
    commandTemplate: `cat ${file}; ${command} # --output-format stream-json`,
  });
  return world.loop({ profileId: profile.id, maxIterations: 1 });
}

describe("a run that gives no sign of life (spec/15 section 6)", () => {
  test("is told of, then ended whole: log, event, rows", async () => {
    const loop = loopDoing("sleep 1000");
    const runner = world.start(loop);
    await stalled.logged(loop, "s1");
    stalled.pass(16);
    await stalled.logged(loop, "quiet for 16m");
    expect(quietSince(loop)).toBeNumber();
    stalled.pass(15);
    await runner.ended;
    const { run, outcome, runtime } = stalled.lastRun(loop);
    expect(run).toMatchObject({ status: "killed", exitCode: -1 });
    expect(outcome).toMatchObject({ outcome: "stalled", evidence: { rule: 1 } });
    expect(runtime).toMatchObject({ endReason: "stall", lastSignAt: expect.any(Number) });
    expect(mentions(loop, / stalled /)[0]).toMatch(
      new RegExp(`^run ${run.id} stalled after 31m\\d+s; ending$`),
    );
    expect(events("run.quiet")).toMatchObject([{ run_id: run.id, quiet_ms: expect.any(Number) }]);
    expect(events("run.finished")).toMatchObject([{ status: "killed", outcome: "stalled" }]);
    expect(quietSince(loop)).toBeUndefined();
    expect(world.processes()).toEqual([]);
  });

  test("is well again with the next sign", async () => {
    const go = `${world.folder}/go`;
    const loop = loopDoing(`until [ -e ${go} ]; do sleep 0.05; done; echo woke; sleep 1000`);
    world.start(loop);
    await stalled.logged(loop, "s1");
    stalled.pass(16);
    await waitFor(() => quietSince(loop), { what: "the warning" });
    await Bun.write(go, "");
    await stalled.logged(loop, "woke");
    await waitFor(() => quietSince(loop) === undefined, { what: "the warning to be taken back" });
  });

  test("is left alone while it burns CPU in a tool call that prints nothing", async () => {
    stalled.defaults({ stall: 1200 });
    const go = `${world.folder}/go`;
    const loop = loopDoing(`until [ -e ${go} ]; do :; done; exit 7`);
    const runner = world.start(loop);
    await stalled.logged(loop, "s1");
    await Bun.sleep(1800);
    await Bun.write(go, "");
    await runner.ended;
    expect(mentions(loop, /stalled/)).toEqual([]);
    expect(stalled.lastRun(loop).outcome).toMatchObject({ outcome: "crashed", reason: "exit status 7" });
  });

  test.each([
    ["as a program of which nothing is known", ""],
    ["by its command", "claude"],
  ])("is only told of where it prints text, %s", async (_what, harness) => {
    const profile = world.profile([], { harness, commandTemplate: "echo words; sleep 1000" });
    const loop = world.loop({ profileId: profile.id });
    const runner = world.start(loop);
    await stalled.logged(loop, "words");
    stalled.pass(100);
    await stalled.logged(loop, "quiet for 1h40m");
    stalled.pass(100);
    world.enqueue(loop, { type: "kill_now", payload: { reason: "enough" } });
    await runner.ended;
    expect(stalled.lastRun(loop).outcome).toMatchObject({ outcome: "killed" });
  });

  test("has four times the limit where its CLI is silent inside a tool call, unless a person gave one", async () => {
    const loop = loopDoing("sleep 1000", "opencode");
    world.start(loop);
    await stalled.logged(loop, "s1");
    stalled.pass(61);
    await stalled.logged(loop, "quiet for 1h1m");
    expect(mentions(loop, /stalled/)).toEqual([]);
  });

  test("is ended though it prints text where the loop itself has the limit", async () => {
    const loop = loopDoing("sleep 1000", "");
    patchLoopRuntime(world.db, loop.id, { limits: { stall_ms: 60_000 } }, world.deps.now());
    const runner = world.start(loop);
    await stalled.logged(loop, "s1");
    stalled.pass(2);
    await runner.ended;
    expect(stalled.lastRun(loop).outcome).toMatchObject({ outcome: "stalled" });
  });

  test("is ended before its first byte where that is late (--first-output)", async () => {
    stalled.defaults({ firstOutput: 60_000 });
    const { id } = world.profile([], { commandTemplate: "sleep 1000" });
    const loop = world.loop({ profileId: id, maxIterations: 1 });
    const runner = world.start(loop);
    await waitFor(() => world.processes().length > 0, { what: "the harness" });
    stalled.pass(2);
    await runner.ended;
    expect(stalled.lastRun(loop).outcome).toMatchObject({ outcome: "stalled" });
  });

  test("is stalled for the next runner too, when the first one dies while it ends it", async () => {
    const loop = loopDoing("sleep 1000");
    world.deps = {
      ...world.deps,
      faultPoint: (point) => {
        if (point === "interrupting") throw new HandedOver();
      },
    };
    const runner = world.start(loop);
    await stalled.logged(loop, "s1");
    stalled.pass(31);
    await runner.ended;
    expect(stalled.lastRun(loop)).toMatchObject({
      run: { status: "running" },
      runtime: { endReason: "stall" },
    });
    world.deps = { ...world.deps, faultPoint: () => {} };
    await world.start(loop, { goesOn: true }).ended;
    expect(stalled.lastRun(loop).outcome).toMatchObject({ outcome: "stalled" });
  });
});

describe("a run that takes too long (--run-timeout)", () => {
  beforeEach(() => stalled.defaults({ runTimeout: 60_000 }));

  test("is ended, whatever it does", async () => {
    const loop = loopDoing("while :; do echo; sleep 0.02; done");
    const runner = world.start(loop);
    await stalled.logged(loop, "s1");
    stalled.pass(2);
    await runner.ended;
    const { run, outcome } = stalled.lastRun(loop);
    expect(run).toMatchObject({ status: "killed", exitCode: -1 });
    expect(outcome).toMatchObject({ outcome: "timeout", reason: "timeout" });
    expect(world.logLines(loop)).toContain(`run ${run.id} reached its time limit of 1m0s; ending`);
  });

  test("has no more of it because another runner takes it up", async () => {
    const loop = loopDoing("sleep 1000");
    const control = new RunnerControl();
    const first = world.start(loop, { control });
    await stalled.logged(loop, "s1");
    control.ask("hand over");
    await first.ended;
    stalled.pass(2);
    await world.start(loop, { goesOn: true }).ended;
    expect(stalled.lastRun(loop).outcome).toMatchObject({ outcome: "timeout" });
  });
});

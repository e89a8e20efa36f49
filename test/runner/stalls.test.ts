import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Config } from "../../src/config/config.ts";
import type { Loop } from "../../src/core/loop.ts";
import { readStallState } from "../../src/core/stall-state.ts";
import { RunnerControl } from "../../src/runner/control.ts";
import { HandedOver } from "../../src/runner/ending.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { findLoopRuntime, patchLoopRuntime } from "../../src/store/fx-loops.ts";
import { findRunRuntime } from "../../src/store/fx-runs.ts";
import { findOutcome } from "../../src/store/run-outcomes.ts";
import { jsonLines } from "../harness/streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;

beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

function defaults(values: Partial<Config["loopDefaults"]>): void {
  const { config } = world.deps;
  world.deps = {
    ...world.deps,
    config: { ...config, loopDefaults: { ...config.loopDefaults, ...values } },
  };
}

const events = (type: string) =>
  queryEvents(world.db, { type, limit: 10 }).events.map(({ payloadJson }) => JSON.parse(payloadJson ?? "{}"));

const session = jsonLines({ type: "system", subtype: "init", session_id: "s1" });

/** A loop of one run whose claude prints a session and then does what the command says. */
function loopDoing(command: string, harness = "claude"): Loop {
  const file = world.file("session.jsonl", session);
  const profile = world.profile([], {
    harness,
    commandTemplate: `cat ${file}; ${command} # --output-format stream-json`,
  });
  return world.loop({ profileId: profile.id, maxIterations: 1 });
}

function onlyRun(loop: Loop) {
  const [run] = world.runs(loop);
  if (run === undefined) throw new Error("there was no run");
  return { run, outcome: findOutcome(world.db, run.id), runtime: findRunRuntime(world.db, run.id) };
}

describe("a run that gives no sign of life (spec/15 section 6)", () => {
  test("is told of, then ended whole: log, event, rows", async () => {
    defaults({ stall: 200 });
    const loop = loopDoing("sleep 1000");
    await world.start(loop).ended;
    const { run, outcome, runtime } = onlyRun(loop);
    expect(run).toMatchObject({ status: "killed", exitCode: -1 });
    expect(outcome).toMatchObject({ outcome: "stalled", evidence: { rule: 1 } });
    expect(runtime).toMatchObject({ endReason: "stall" });
    expect(runtime?.lastSignAt).toBeLessThan(runtime?.exitedAt ?? 0);
    const [quiet, stalled] = world.logLines(loop).filter((line) => / (quiet|stalled) /.test(line));
    expect(quiet).toMatch(new RegExp(`^run ${run.id} quiet for \\d+ms$`));
    expect(stalled).toMatch(new RegExp(`^run ${run.id} stalled after \\d+ms; ending$`));
    expect(events("run.quiet")).toMatchObject([{ run_id: run.id, quiet_ms: expect.any(Number) }]);
    expect(events("run.finished")).toMatchObject([{ status: "killed", outcome: "stalled" }]);
    expect(world.processes()).toEqual([]);
  });

  test("is left alone while it burns CPU in a tool call that prints nothing", async () => {
    defaults({ stall: 1200 });
    const go = `${world.folder}/go`;
    const loop = loopDoing(`until [ -e ${go} ]; do :; done; exit 7`);
    const runner = world.start(loop);
    await waitFor(() => world.processes().length > 0, { what: "the harness" });
    await Bun.sleep(1800);
    await Bun.write(go, "");
    await runner.ended;
    expect(world.logLines(loop).filter((line) => /stalled/.test(line))).toEqual([]);
    expect(onlyRun(loop).outcome).toMatchObject({ outcome: "crashed", reason: "exit status 7" });
  });

  test.each([
    ["prints text, as a program of which nothing is known", "", "sleep 1000"],
    ["prints text, by its command", "claude", "sleep 1000"],
  ])("is only told of where it %s", async (_what, harness, command) => {
    defaults({ stall: 60 });
    const profile = world.profile([], { harness, commandTemplate: command });
    const loop = world.loop({ profileId: profile.id });
    const runner = world.start(loop);
    await waitFor(() => events("run.quiet").length > 0, { what: "the warning" });
    expect(readStallState(findLoopRuntime(world.db, loop.id)?.retry).quietSince).toBeNumber();
    await Bun.sleep(100);
    world.enqueue(loop, { type: "kill_now", payload: { reason: "enough" } });
    await runner.ended;
    expect(onlyRun(loop).outcome).toMatchObject({ outcome: "killed" });
  });

  test("is ended though it prints text where the loop itself has the limit", async () => {
    const loop = loopDoing("sleep 1000", "");
    patchLoopRuntime(world.db, loop.id, { limits: { stall_ms: 150 } }, world.deps.now());
    await world.start(loop).ended;
    expect(onlyRun(loop).outcome).toMatchObject({ outcome: "stalled" });
  });

  test("is ended before its first byte where that is late (--first-output)", async () => {
    defaults({ firstOutput: 100 });
    const loop = world.loop({
      profileId: world.profile([], { commandTemplate: "sleep 1000" }).id,
      maxIterations: 1,
    });
    await world.start(loop).ended;
    expect(onlyRun(loop).outcome).toMatchObject({ outcome: "stalled" });
  });

  test("is stalled for the next runner too, when the first one dies while it ends it", async () => {
    defaults({ stall: 150 });
    const loop = loopDoing("trap '' TERM; sleep 1000 & wait; sleep 1000");
    world.deps = {
      ...world.deps,
      faultPoint: (point) => {
        if (point === "interrupting") throw new HandedOver();
      },
    };
    await world.start(loop).ended;
    expect(onlyRun(loop)).toMatchObject({ run: { status: "running" }, runtime: { endReason: "stall" } });
    world.deps = { ...world.deps, faultPoint: () => {} };
    await world.start(loop, { goesOn: true }).ended;
    expect(onlyRun(loop).outcome).toMatchObject({ outcome: "stalled" });
  });
});

describe("a run that takes too long (--run-timeout)", () => {
  test("is ended, whatever it does", async () => {
    defaults({ runTimeout: 150 });
    const loop = loopDoing("while :; do echo; sleep 0.02; done");
    await world.start(loop).ended;
    const { run, outcome } = onlyRun(loop);
    expect(run).toMatchObject({ status: "killed", exitCode: -1 });
    expect(outcome).toMatchObject({ outcome: "timeout", reason: "timeout" });
    expect(world.logLines(loop)).toContain(`run ${run.id} reached its time limit of 150ms; ending`);
  });

  test("has no more of it because another runner takes it up", async () => {
    const loop = loopDoing("sleep 1000");
    const control = new RunnerControl();
    const first = world.start(loop, { control });
    await waitFor(() => world.log(loop).includes("s1"), { what: "its output in the log" });
    control.ask("hand over");
    await first.ended;
    const { runtime } = onlyRun(loop);
    const age = Date.now() - (runtime?.spawnedAt ?? 0);
    defaults({ runTimeout: age });
    await world.start(loop, { goesOn: true }).ended;
    expect(onlyRun(loop).outcome).toMatchObject({ outcome: "timeout" });
  });
});

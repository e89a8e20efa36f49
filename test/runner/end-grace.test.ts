import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { RunnerControl } from "../../src/runner/control.ts";
import { findRunRuntime } from "../../src/store/fx-runs.ts";
import { findOutcome } from "../../src/store/run-outcomes.ts";
import { claudeResult } from "../harness/made-up-streams.ts";
import { jsonLines } from "../harness/streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;

beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

function grace(endGrace: number): void {
  const { config } = world.deps;
  world.deps = {
    ...world.deps,
    config: { ...config, loopDefaults: { ...config.loopDefaults, endGrace } },
  };
}

/** Says that it is done and does not leave, as agent CLIs are known to do. */
function hangingLoop(): Loop {
  const file = world.file("stream.jsonl", jsonLines(claudeResult({})));
  const profile = world.profile([], { harness: "claude", commandTemplate: `cat ${file}; sleep 1000` });
  return world.loop({ profileId: profile.id, maxIterations: 1 });
}

function expectDone(loop: Loop): void {
  const [run] = world.runs(loop);
  if (run === undefined) throw new Error("there was no run");
  expect(run).toMatchObject({ status: "success", exitCode: 0 });
  expect(findOutcome(world.db, run.id)).toMatchObject({ outcome: "ok", tokens: { output: 2600 } });
  expect(findRunRuntime(world.db, run.id)?.endReason).toBe("grace");
  expect(world.read(loop).lastError).toBe("max iterations reached (1)");
  const why = world.logLines(loop).filter((line) => line.includes("after its end"));
  expect(why).toEqual([`run ${run.id} still alive 100ms after its end; ending`]);
}

test("a run that lives on after its terminal event is ended as if it had left with 0 (spec/15 section 6)", async () => {
  grace(100);
  const loop = hangingLoop();
  await world.start(loop).ended;
  expectDone(loop);
});

test("the next runner knows that it is done, too, and copies nothing twice", async () => {
  grace(0);
  const loop = hangingLoop();
  const control = new RunnerControl();
  const first = world.start(loop, { control });
  await waitFor(() => world.log(loop).includes('"result"'), { what: "its output in the log" });
  control.ask("hand over");
  expect(await first.ended).toBe("handed over");

  grace(100);
  await world.start(loop, { goesOn: true }).ended;
  expectDone(loop);
  expect(world.log(loop).split('"type":"result"')).toHaveLength(2);
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { stopAfterJson } from "../../src/core/stop-after.ts";
import { findLoopRuntime, patchLoopRuntime } from "../../src/store/fx-loops.ts";
import { changeLoopLimits } from "../../src/store/loop-limits.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

const stopAfter = (loop: Loop, changes: { noProgress?: number; failures?: number }) =>
  changeLoopLimits(world.db, loop.id, stopAfterJson({ noProgress: 0, failures: 0, ...changes }), 0);

test("a loop stops after so many failures in a row, whatever their kind (spec/15 section 7.2)", async () => {
  const counter = `${world.folder}/runs`;
  // Fails, ends well, fails twice, the second time because its program is not there.
  world.profile([], {
    harness: "",
    commandTemplate: `echo >>${counter}; case $(wc -l <${counter}) in 2) ;; 4) no-such-agent;; *) exit 3;; esac`,
  });
  const loop = world.loop({ maxIterations: 9 });
  stopAfter(loop, { failures: 2 });
  await world.start(loop).ended;
  expect(world.runs(loop)).toHaveLength(4);
  const reason = "stopped after 2 failures: crashed";
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: reason });
  expect(world.logLines(loop).at(-1)).toBe(reason);
});

test("the count begins anew with each start of the loop, and goes on when its runner has crashed", async () => {
  world.profile([["exit", 1]]);
  const loop = world.loop({ maxIterations: 9 });
  stopAfter(loop, { failures: 2 });
  patchLoopRuntime(world.db, loop.id, { streaks: { failures: 1, noProgress: 0 } }, 0);
  await world.start(loop).ended;
  expect(world.runs(loop)).toHaveLength(2);
  patchLoopRuntime(world.db, loop.id, { streaks: { failures: 1, noProgress: 0 }, wanted: "running" }, 0);
  await world.start(loop, { goesOn: true }).ended;
  expect(world.runs(loop)).toHaveLength(3);
});

test("keys of limits_json that others keep stay", () => {
  const loop = world.loop();
  changeLoopLimits(world.db, loop.id, {}, 0);
  expect(findLoopRuntime(world.db, loop.id)).toBeUndefined();
  changeLoopLimits(world.db, loop.id, { stall: 5, gone: 1 }, 0);
  changeLoopLimits(world.db, loop.id, { stop_after_failures: 2, gone: undefined }, 0);
  expect(findLoopRuntime(world.db, loop.id)?.limits).toEqual({ stall: 5, stop_after_failures: 2 });
});

import { afterEach, beforeEach, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { pidExists } from "../../src/process/identity.ts";
import { FAULT_POINTS, type FaultPoint } from "../../src/runner/fault-points.ts";
import { waitFor } from "../support/wait-for.ts";
import { expectNothingLost, tellingHarness } from "./support/nothing-lost.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
});
afterEach(() => forge[Symbol.asyncDispose]());

/** Places that are reached only when the harness has ended. */
const AFTER_THE_RUN: readonly FaultPoint[] = FAULT_POINTS.slice(FAULT_POINTS.indexOf("after-exit"));

/** Places at which a harness runs. */
const WITH_A_HARNESS = ["after-spawn", "recorded-spawn", "interrupting"] as const;

/** A loop of two iterations with a message in its queue, in the hands of a supervisor that kills itself at the point. */
async function crashedAt(point: FaultPoint): Promise<Loop> {
  forge.profile([], tellingHarness(forge));
  const loop = forge.loop({ maxIterations: 2, intervalSeconds: point === "sleeping" ? 1 : 0 });
  forge.enqueue(loop, { type: "message_append", payload: { text: "message one" } });
  if (AFTER_THE_RUN.includes(point)) forge.touch("go");
  await forge.must(["daemon", "start"], { env: { FORGE_FAULT: point } });
  const { pid } = forge.supervisor;
  await forge.must(["resume", "alpha"]);
  if (point === "interrupting") await interrupt(loop);
  await waitFor(() => !pidExists(pid), { what: `the supervisor to come to ${point}` });
  return loop;
}

async function interrupt(loop: Loop): Promise<void> {
  await waitFor(() => forge.lines("ran").length > 0, { what: "the harness" });
  forge.enqueue(loop, { type: "steer_message", payload: { message: "message two" } });
}

const harnessGone = () =>
  waitFor(() => forge.processes().every((pid) => pid === forge.supervisor.pid), {
    what: "the harness to be gone",
  });

const comesBack = async (...words: string[]) => {
  await forge.must(words);
  await waitFor(() => forge.isSupervised, { what: "the next supervisor" });
};

async function finishes(loop: Loop): Promise<void> {
  forge.touch("go");
  await forge.untilState(loop, "stopped", 20_000);
  await harnessGone();
}

test.each(FAULT_POINTS)(
  "killed at %s, the harness living on: the next command makes the loop go on",
  async (point) => {
    const loop = await crashedAt(point);
    await comesBack("ps");
    await finishes(loop);
    expectNothingLost(forge, loop, { mayBeLost: 0, iterations: 2 });
  },
);

test.each(FAULT_POINTS)(
  "killed at %s, the harness ending before: daemon start makes the loop go on",
  async (point) => {
    const loop = await crashedAt(point);
    forge.touch("go");
    await comesBack("daemon", "start");
    await finishes(loop);
    expectNothingLost(forge, loop, { mayBeLost: 0, iterations: 2 });
  },
);

test.each(WITH_A_HARNESS)("killed at %s together with the harness: the run is done again", async (point) => {
  const loop = await crashedAt(point);
  await waitFor(() => forge.lines("ran").length > 0, { what: "the harness" });
  forge.killHarnesses();
  await comesBack("status");
  await finishes(loop);
  expectNothingLost(forge, loop, { mayBeLost: 1, iterations: 2 });
});

test("killed before the start of a run is recorded, and again when its output is in the log: the output is there once", async () => {
  const loop = await crashedAt("after-spawn");
  await waitFor(() => forge.lines("ran").length > 0, { what: "the harness" });
  forge.touch("go");
  await harnessGone();
  // It may die before it has answered.
  await forge.run(["daemon", "start"], { env: { FORGE_FAULT: "before-settle" } });
  await waitFor(() => !forge.isSupervised, { what: "the second crash" });
  await comesBack("daemon", "start");
  await finishes(loop);
  expectNothingLost(forge, loop, { mayBeLost: 0, iterations: 2 });
});

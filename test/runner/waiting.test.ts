import { afterEach, beforeEach, expect, test } from "bun:test";
import type { StartedRunNotice } from "../../src/runner/deps.ts";
import { createRun } from "../../src/store/loop-runs.ts";
import { freeProfile, parkProfile } from "../../src/store/profile-limits.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

const waits = (loop: Parameters<LoopWorld["read"]>[0]) =>
  waitFor(() => world.read(loop).state === "waiting", { what: "the loop to wait" });

test("a slot that becomes free goes to the loop that has waited longest", async () => {
  const go = `${world.folder}/go`;
  const order = `${world.folder}/order`;
  const profile = world.profile([], {
    commandTemplate: `until [ -e ${go} ]; do sleep 0.01; done; echo "$FORGE_LOOP_NAME" >>${order}; sleep 0.2`,
  });
  const first = world.start(world.loop({ name: "first", profileId: profile.id, maxIterations: 1 }));
  await waitFor(() => world.processes().length > 0, { what: "the first harness" });
  const runners = [first];
  for (const name of ["third", "second", "last"]) {
    const loop = world.loop({ name, profileId: profile.id, maxIterations: 1 });
    runners.push(world.start(loop));
    await waits(loop);
  }
  await Bun.write(go, "");
  await Promise.all(runners.map(({ ended }) => ended));
  expect((await Bun.file(order).text()).trim().split("\n")).toEqual(["first", "third", "second", "last"]);
});

test("a loop that does not rest between its runs lets those that wait go first", async () => {
  const go = `${world.folder}/go`;
  const order = `${world.folder}/order`;
  const profile = world.profile([], {
    commandTemplate: `until [ -e ${go} ]; do sleep 0.01; done; echo "$FORGE_LOOP_NAME" >>${order}; sleep 0.1`,
  });
  const draft = { profileId: profile.id, intervalSeconds: 0 };
  const runners = [world.start(world.loop({ ...draft, name: "busy", maxIterations: 2 }))];
  await waitFor(() => world.processes().length > 0, { what: "the first harness" });
  for (const name of ["second", "third"]) {
    const loop = world.loop({ ...draft, name, maxIterations: 1 });
    runners.push(world.start(loop));
    await waits(loop);
  }
  await Bun.write(go, "");
  await Promise.all(runners.map(({ ended }) => ended));
  expect((await Bun.file(order).text()).trim().split("\n")).toEqual(["busy", "second", "third", "busy"]);
});

test("loops that wait for a profile start in the order of their waiting when it is cleared", async () => {
  const started: string[] = [];
  const observer = { runStarted: ({ run }: StartedRunNotice) => started.push(run.loopId) };
  world.deps = { ...world.deps, observer };
  const profile = world.profile([], { maxConcurrency: 0 });
  parkProfile(world.db, profile, { kind: "manual" }, Date.now());
  const loops = ["c", "a", "d", "b", "f", "e"].map((name) =>
    world.loop({ name, profileId: profile.id, maxIterations: 1 }),
  );
  const runners = [];
  for (const loop of loops) {
    runners.push(world.start(loop));
    await waits(loop);
  }
  freeProfile(world.db, profile, Date.now());
  world.wakeUps.slotFreed();
  await Promise.all(runners.map(({ ended }) => ended));
  expect(started).toEqual(loops.map(({ id }) => id));
});

/** A loop of another implementation, with a run that was never ended. */
function abandoned(
  profileId: Parameters<typeof createRun>[1]["profileId"],
  metadata: Record<string, unknown>,
) {
  const loop = world.loop({ name: "abandoned", state: "running", metadata });
  createRun(world.db, { loopId: loop.id, profileId }, Date.now());
  world.db.run("UPDATE loops SET updated_at = '2026-01-02 03:04:05' WHERE id = ?", [loop.id]);
  return loop;
}

test("a slot that a dead runner has left behind is freed by who needs it", async () => {
  const profile = world.profile([]);
  const dead = Bun.spawn(["true"]);
  await dead.exited;
  const left = abandoned(profile.id, { pid: dead.pid });
  const loop = world.loop({ profileId: profile.id, maxIterations: 1 });
  const from = performance.now();
  await world.start(loop).ended;
  expect(performance.now() - from).toBeLessThan(10_000);
  expect(world.runs(loop)).toMatchObject([{ status: "success" }]);
  expect(world.runs(left)).toMatchObject([{ status: "killed", exitCode: -9 }]);
});

test.each([
  ["lives", { pid: process.pid }],
  ["may belong to another supervisor", { runner_owner: "daemon" }],
])("the slot of a runner that %s is left alone", async (_what, metadata) => {
  const profile = world.profile([]);
  const left = abandoned(profile.id, metadata);
  const loop = world.loop({ profileId: profile.id });
  const runner = world.start(loop);
  await waits(loop);
  await Bun.sleep(50);
  expect(world.runs(left)).toMatchObject([{ status: "running" }]);
  runner.control.ask("shutdown");
  await runner.ended;
});

test("the runs that another implementation has left of this loop are killed when a runner starts (spec/10 section 2.4)", async () => {
  world.profile([]);
  const loop = world.loop();
  createRun(world.db, { loopId: loop.id }, Date.now());
  await world.once(loop);
  expect(world.runs(loop).map(({ status, exitCode }) => [status, exitCode])).toEqual([
    ["killed", -9],
    ["success", 0],
  ]);
});

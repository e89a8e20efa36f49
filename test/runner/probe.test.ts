import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { readLoopMetadata } from "../../src/core/loop-metadata.ts";
import type { Profile } from "../../src/core/profile.ts";
import { parkProfile, setCooldown } from "../../src/store/profile-limits.ts";
import { patchStanding } from "../../src/store/profile-standings.ts";
import { deleteProfile, setProfileCooldown } from "../../src/store/profiles.ts";
import { claudeResult } from "../harness/made-up-streams.ts";
import { jsonLines } from "../harness/streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

const HOUR = 3_600_000;

let world: LoopWorld;
/** How far the clock of the runners is ahead. */
let ahead: number;

beforeEach(async () => {
  world = await LoopWorld.make();
  ahead = 0;
  world.deps = { ...world.deps, now: () => Date.now() + ahead };
});
afterEach(() => world[Symbol.asyncDispose]());

const waits = (loop: Loop) =>
  waitFor(() => world.read(loop).state === "waiting", { what: "the loop to wait" });
const runsOf = (loops: readonly Loop[]) => loops.flatMap((loop) => world.runs(loop));
const began = (loops: readonly Loop[], count: number) =>
  waitFor(() => runsOf(loops).length === count, { what: `${count} runs` });

/** Lets the time of a cooldown pass. */
function pass(time: number): void {
  ahead += time;
  world.wakeUps.slotFreed();
}

/** Loops that wait for the reset of an account whose agent speaks when a file is there, and ends when another one is. */
async function waitingLoops(count: number) {
  const [speak, end] = [`${world.folder}/speak`, `${world.folder}/end`];
  const words = { type: "assistant", message: { model: "m", content: [{ type: "text", text: "hello" }] } };
  const file = (name: string, ...lines: object[]) => world.file(name, jsonLines(...lines));
  const until = (path: string) => `until [ -e ${path} ]; do sleep 0.01; done`;
  const profile = world.profile([], {
    harness: "claude",
    maxConcurrency: 0,
    commandTemplate: [
      `cat ${file("init", { type: "system", subtype: "init", session_id: "s" })}`,
      until(speak),
      `cat ${file("words", words)}`,
      until(end),
      `cat ${file("result", claudeResult({}))}`,
    ].join("; "),
  });
  const reset = Math.ceil((Date.now() + HOUR) / 1000) * 1000;
  setProfileCooldown(world.db, profile.id, reset);
  const cooldown = { source: "reported", since: Date.now(), until: reset } as const;
  patchStanding(world.db, profile.id, { cooldown }, Date.now());
  const loops = Array.from({ length: count }, (_, index) =>
    world.loop({ name: `l${index}`, profileId: profile.id, maxIterations: 1 }),
  );
  const runners = [];
  for (const loop of loops) {
    runners.push(world.start(loop));
    await waits(loop);
  }
  return { loops, speak, end, ended: Promise.all(runners.map(({ ended }) => ended)) };
}

test("15 section 4.2: at a reset one loop tries, and the others start with its agent's first words", async () => {
  const { loops, speak, end, ended } = await waitingLoops(3);
  pass(HOUR + 1000);
  await began(loops, 1);
  const [first] = loops;
  if (!first) throw new Error("no loop");
  await waitFor(() => world.log(first).includes("init"), { what: "the probe to print something" });
  expect(world.runs(first)).toHaveLength(1);
  expect(runsOf(loops)).toHaveLength(1);
  await Bun.write(speak, "");
  await began(loops, 3);
  // The probe itself goes on.
  expect(world.runs(first)[0]?.status).toBe("running");
  await Bun.write(end, "");
  await ended;
  expect(runsOf(loops).map(({ status }) => status)).toEqual(["success", "success", "success"]);
});

test("15 section 4.2: or when it has said nothing for a minute", async () => {
  const { loops, speak, end, ended } = await waitingLoops(2);
  pass(HOUR + 1000);
  await began(loops, 1);
  pass(61_000);
  await began(loops, 2);
  await Bun.write(speak, "");
  await Bun.write(end, "");
  await ended;
});

test("15 edge cases: profile deleted while cooling: waiters choose again", async () => {
  const cooling = world.profile([], { name: "a" });
  setCooldown(world.db, cooling, { until: Date.now() + HOUR }, Date.now());
  const loop = world.loop({ profileId: cooling.id, maxIterations: 1 });
  const runner = world.start(loop);
  await waits(loop);
  const other: Profile = world.profile([], { name: "b" });
  deleteProfile(world.db, cooling.id);
  world.wakeUps.poke();
  await runner.ended;
  expect(world.runs(loop)).toMatchObject([{ profileId: other.id, status: "success" }]);
});

test("a loop that waits learns of an earlier end, and of parking, at once", async () => {
  const profile = world.profile([], { name: "a" });
  const set = (until: number) => setCooldown(world.db, profile, { until }, Date.now());
  const end = Math.ceil(Date.now() / 1000) * 1000 + HOUR;
  set(end);
  const loop = world.loop({ profileId: profile.id });
  const runner = world.start(loop);
  await waits(loop);
  const waitsUntil = () => readLoopMetadata(world.read(loop).metadata).waitUntil;
  expect(waitsUntil()).toBe(end);
  set(end - 1000);
  world.wakeUps.poke();
  await waitFor(() => waitsUntil() === end - 1000, { what: "the earlier end" });
  parkProfile(world.db, profile, { kind: "manual" }, Date.now());
  world.wakeUps.poke();
  await waitFor(() => world.read(loop).lastError === "waiting: profile a parked (manual)", {
    what: "parking",
  });
  expect(waitsUntil()).toBeUndefined();
  runner.control.ask("shutdown");
  await runner.ended;
});

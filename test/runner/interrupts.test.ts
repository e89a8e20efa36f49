import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Loop } from "../../src/core/loop.ts";
import type { QueueRequest } from "../../src/core/queue.ts";
import { findLoopRuntime } from "../../src/store/fx-loops.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld, type StartedRunner } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

const kill: QueueRequest = { type: "kill_now", payload: { reason: "operator" } };
const stop: QueueRequest = { type: "stop_graceful", payload: { reason: "operator" } };
const steer = (message: string): QueueRequest => ({ type: "steer_message", payload: { message } });
const message = (text: string): QueueRequest => ({ type: "message_append", payload: { text } });
const pause = (seconds: number): QueueRequest => ({ type: "pause", payload: { duration_seconds: seconds } });

const statuses = (loop: Loop) => world.queue(loop).map(({ status }) => status);
const harnessRuns = () => waitFor(() => world.processes().length > 0, { what: "the harness" });
const stateIs = (loop: Loop, state: string) =>
  waitFor(() => world.read(loop).state === state, { what: `state ${state}` });

/** A loop whose first run hangs and whose later runs print their prompt. */
async function hangingLoop(
  draft: Parameters<LoopWorld["loop"]>[0] = {},
): Promise<{ loop: Loop; runner: StartedRunner }> {
  const mark = `${world.folder}/first`;
  world.profile([], {
    commandTemplate: `if [ -e ${mark} ]; then printf '%s' "$FORGE_PROMPT_CONTENT" | tee ${world.folder}/prompt; else echo working; touch ${mark}; sleep 1000; fi`,
  });
  const loop = world.loop({ intervalSeconds: 1000, ...draft });
  const runner = world.start(loop);
  await waitFor(() => Bun.file(mark).exists(), { what: "the first run" });
  return { loop, runner };
}

test("a kill during a run ends the harness, records why, and stops the loop", async () => {
  const { loop, runner } = await hangingLoop();
  world.enqueue(loop, kill);
  expect(await runner.ended).toBe("ended");
  expect(world.processes()).toEqual([]);
  expect(world.runs(loop)).toMatchObject([{ status: "killed", exitCode: -1, outputTail: "working" }]);
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "operator", lastExitCode: -1 });
  expect(statuses(loop)).toEqual(["completed"]);
  expect(world.logLines(loop).at(-1)).toBe("run interrupted: kill");
  expect(world.ledger(loop)).toContain("- status: killed\n");
});

test("a kill takes precedence over nothing behind it: all kills are completed, messages stay", async () => {
  const { loop, runner } = await hangingLoop();
  world.enqueue(loop, message("later"), kill, kill);
  await runner.ended;
  expect(statuses(loop)).toEqual(["pending", "completed", "completed"]);
});

test("a steer ends the run, and the next one starts at once with the context and all steer texts in order", async () => {
  const { loop, runner } = await hangingLoop({ maxIterations: 2 });
  world.enqueue(loop, steer("first order"), steer("second order"), message("and a message"));
  expect(await runner.ended).toBe("ended");
  const [first, second] = world.runs(loop);
  expect(first).toMatchObject({ status: "killed", exitCode: -1 });
  expect(second?.status).toBe("success");
  const prompt = readFileSync(`${world.folder}/prompt`, "utf8");
  const titles = prompt
    .match(/^(## .*|[a-z ]+(order|message))$/gm)
    ?.map((line) => line.replace(/\(.*\)/, "(t)"));
  expect(titles).toEqual([
    "## Loop Context (t)",
    "## Operator Message (t)",
    "## Interrupt Context",
    expect.stringMatching(/^## \d{4}/),
    "## Operator Message (t)",
    "first order",
    "## Operator Message (t)",
    "second order",
    "## Operator Message (t)",
    "and a message",
  ]);
  expect(prompt).toMatch(/## Interrupt Context\nTimestamp: \S+Z\n\n### Ledger Tail\n\n```\n---\nloop_id: /);
  expect(prompt).toMatch(/### Log Tail\n\n```\n\[\S+\] loop started\n[^`]*working\n/);
  expect(world.logLines(loop)).toContain("run interrupted: steer");
  expect(statuses(loop)).toEqual(["completed", "completed", "completed"]);
  expect(findLoopRuntime(world.db, loop.id)?.carry).toEqual([]);
});

test("a stop during a run is honoured after it", async () => {
  world.profile([
    ["sleep", 0.3],
    ["print", "done"],
  ]);
  const loop = world.loop();
  const runner = world.start(loop);
  await harnessRuns();
  world.enqueue(loop, pause(1000), stop);
  await runner.ended;
  expect(world.runs(loop)).toMatchObject([{ status: "success", outputTail: "done" }]);
  expect(world.logLines(loop).at(-1)).toBe("graceful stop queued");
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: undefined });
  expect(statuses(loop)).toEqual(["pending", "completed"]);
});

test.each([
  ["stop", stop, "graceful stop requested"],
  ["kill", kill, "kill requested"],
] as const)("a %s ends an interval sleep at once", async (_what, order, line) => {
  world.profile([]);
  const loop = world.loop({ intervalSeconds: 1000 });
  const runner = world.start(loop);
  await stateIs(loop, "sleeping");
  const from = performance.now();
  world.enqueue(loop, order);
  await runner.ended;
  expect(performance.now() - from).toBeLessThan(5000);
  expect(world.logLines(loop).at(-1)).toBe(line);
  expect(statuses(loop)).toEqual(["completed"]);
});

test("an order that nobody pokes about is found within 1.5 s, also when another process writes it", async () => {
  world.profile([]);
  const loop = world.loop({ intervalSeconds: 1000 });
  const runner = world.start(loop);
  await stateIs(loop, "sleeping");
  const from = performance.now();
  const script = `const { Database } = require("bun:sqlite"); const db = new Database(${JSON.stringify(world.db.filename)});
    db.run("PRAGMA busy_timeout = 5000");
    db.run("INSERT INTO loop_queue_items (id, loop_id, type, position, payload_json, created_at) VALUES ('x', ?, 'stop_graceful', 1, '{}', '2026-01-02T03:04:05Z')", ["${loop.id}"]);`;
  Bun.spawnSync([process.execPath, "-e", script], { env: world.env });
  await runner.ended;
  expect(performance.now() - from).toBeLessThan(10_000);
});

test("a steer starts the next run of a sleeping loop at once", async () => {
  world.profile([["prompt"]]);
  const loop = world.loop({ intervalSeconds: 1000, maxIterations: 2 });
  const runner = world.start(loop);
  await stateIs(loop, "sleeping");
  const from = performance.now();
  world.enqueue(loop, steer("now"));
  await waitFor(() => world.runs(loop).length === 2, { what: "the second run", everyMs: 1 });
  expect(performance.now() - from).toBeLessThan(5000);
  await runner.ended;
  expect(world.runs(loop)[1]?.outputTail).toEndWith("\n\nnow");
});

test("a plain message does not shorten a sleep", async () => {
  world.profile([["prompt"]]);
  const loop = world.loop({ intervalSeconds: 1000 });
  const runner = world.start(loop);
  await stateIs(loop, "sleeping");
  world.enqueue(loop, message("not urgent"));
  await Bun.sleep(100);
  expect(world.runs(loop)).toHaveLength(1);
  runner.control.ask("shutdown");
  await runner.ended;
});

test("a pause before the run is slept through, and completed", async () => {
  world.profile([]);
  const loop = world.loop({ maxIterations: 1 });
  world.enqueue(loop, pause(1));
  const from = performance.now();
  await world.start(loop).ended;
  expect(performance.now() - from).toBeGreaterThan(1000);
  expect(statuses(loop)).toEqual(["completed"]);
  expect(world.logLines(loop).slice(0, 2)).toEqual(["loop started", "pause for 1s"]);
});

test("a pause behind a message comes after the run, instead of the interval", async () => {
  world.profile([["prompt"]]);
  const loop = world.loop({ intervalSeconds: 1000, maxIterations: 2 });
  world.enqueue(loop, message("m"), pause(1));
  await world.start(loop).ended;
  expect(world.logLines(loop).map((line) => line.split(" ")[0])).toEqual([
    "loop",
    "run",
    "pause",
    "run",
    "max",
  ]);
  expect(statuses(loop)).toEqual(["completed", "completed"]);
});

test("msg --now ends a pause at once and drops the rest of it (decision 13)", async () => {
  world.profile([["prompt"]]);
  const loop = world.loop({ maxIterations: 1 });
  world.enqueue(loop, pause(1000));
  const runner = world.start(loop);
  await waitFor(() => world.logLines(loop).includes("pause for 16m40s"), { what: "the pause" });
  world.enqueue(loop, steer("go"));
  await runner.ended;
  expect(statuses(loop)).toEqual(["skipped", "completed"]);
  expect(world.runs(loop)[0]?.outputTail).toEndWith("\n\ngo");
});

test("a shutdown during a pause keeps the pause for the next runner", async () => {
  world.profile([]);
  const loop = world.loop();
  world.enqueue(loop, pause(1000));
  const runner = world.start(loop);
  await waitFor(() => world.logLines(loop).includes("pause for 16m40s"), { what: "the pause" });
  runner.control.ask("shutdown");
  expect(await runner.ended).toBe("cancelled");
  expect(statuses(loop)).toEqual(["pending"]);
});

test("a loop that waits for a profile takes it as soon as its run ends, and a stop ends the wait", async () => {
  const go = `${world.folder}/go`;
  const profile = world.profile([["await", go]]);
  const first = world.start(world.loop({ name: "first", profileId: profile.id, maxIterations: 1 }));
  await harnessRuns();
  const waiting = world.loop({ profileId: profile.id, maxIterations: 1 });
  const stopped = world.loop({ name: "stopped", profileId: profile.id });
  const runners = [world.start(waiting), world.start(stopped)];
  await stateIs(waiting, "waiting");
  await stateIs(stopped, "waiting");
  world.enqueue(stopped, stop);
  await runners[1]?.ended;
  expect(world.logLines(stopped).at(-1)).toBe("graceful stop requested");
  const from = performance.now();
  await Bun.write(go, "");
  await first.ended;
  await runners[0]?.ended;
  expect(performance.now() - from).toBeLessThan(5000);
  expect(world.runs(waiting)).toHaveLength(1);
});

test("a wait that goes on is renewed without a new line in the log", async () => {
  const profile = world.profile([["hang"]]);
  const first = world.start(world.loop({ name: "first", profileId: profile.id }));
  await harnessRuns();
  const loop = world.loop({ profileId: profile.id });
  let skip = 0;
  world.deps = { ...world.deps, now: () => Date.now() + skip };
  const runner = world.start(loop);
  await stateIs(loop, "waiting");
  const until = () => world.read(loop).metadata?.wait_until;
  const before = until();
  skip = 10_000;
  world.wakeUps.poke();
  await waitFor(() => until() !== before, { what: "a renewal" });
  expect(world.logLines(loop)).toHaveLength(2);
  for (const { control } of [first, runner]) control.ask("shutdown");
  await Promise.all([first.ended, runner.ended]);
});

test.each(["shutdown", "drain"] as const)(
  "asked to %s, a sleeping loop stops and says why",
  async (request) => {
    world.profile([]);
    const loop = world.loop({ intervalSeconds: 1000 });
    const runner = world.start(loop);
    await stateIs(loop, "sleeping");
    runner.control.ask(request);
    expect(await runner.ended).toBe("cancelled");
    expect(world.logLines(loop).at(-1)).toBe("loop context cancelled");
    expect(world.read(loop).state).toBe("stopped");
  },
);

test("a shutdown ends the run, a drain lets it end by itself", async () => {
  world.profile([["sleep", 0.3]]);
  const loop = world.loop();
  const drained = world.start(loop);
  await harnessRuns();
  drained.control.ask("drain");
  await drained.ended;
  expect(world.runs(loop)).toMatchObject([{ status: "success" }]);
  // Its wrapper leaves a moment after it has told how it ended.
  await waitFor(() => world.processes().length === 0, { what: "the end of the first harness" });
  const shut = world.start(loop);
  await harnessRuns();
  shut.control.ask("shutdown");
  await shut.ended;
  expect(world.runs(loop)[1]).toMatchObject({ status: "killed", exitCode: -1 });
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "context canceled" });
});

test("a kill that comes with the end of the runner, as forge kill gives it to a local one, is a kill", async () => {
  const { loop, runner } = await hangingLoop();
  world.enqueue(loop, kill);
  runner.control.ask("shutdown");
  await runner.ended;
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "operator" });
  expect(statuses(loop)).toEqual(["completed"]);
});

test("a hand-over leaves the harness and the rows, and the next runner follows the run to its true end", async () => {
  const go = `${world.folder}/go`;
  world.profile([
    ["print", "before"],
    ["await", go],
    ["print", "after"],
    ["exit", 3],
  ]);
  const loop = world.loop({ maxIterations: 1 });
  world.enqueue(loop, message("m"));
  const first = world.start(loop);
  await waitFor(() => world.log(loop).includes("before"), { what: "output" });
  first.control.ask("hand over");
  expect(await first.ended).toBe("handed over");
  expect(world.processes().length).toBeGreaterThan(0);
  expect(world.read(loop).state).toBe("running");
  expect(statuses(loop)).toEqual(["pending"]);
  const second = world.start(loop, { goesOn: true });
  await Bun.write(go, "");
  expect(await second.ended).toBe("ended");
  expect(world.runs(loop)).toMatchObject([{ status: "error", exitCode: 3, outputTail: "before\nafter" }]);
  expect(world.log(loop).match(/before\nafter\n/g)).toHaveLength(1);
  expect(statuses(loop)).toEqual(["completed"]);
  expect(world.ledger(loop).match(/^- run_id/gm)).toHaveLength(1);
});

test("a loop that was stopped while its next runner waited for the lock does not go on", async () => {
  world.profile([]);
  const loop = world.loop({ maxIterations: 1 });
  patchLoop(world.db, loop.id, { state: "stopped", runtime: { wanted: "stopped" } }, Date.now());
  expect(await world.start(loop, { goesOn: true }).ended).toBe("handed over");
  expect(world.runs(loop)).toEqual([]);
  expect(world.read(loop).state).toBe("stopped");
});

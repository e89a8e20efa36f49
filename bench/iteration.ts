// How long one iteration takes (harness `true`, no interval, empty HOME), from the start of one run to that of the next,
// against starting the wrapped `bash -lc true` alone, both in this process and by turns; and how many iterations a second 50 loops side by side reach, against how many
// of these commands the machine can start.
import { makeRunFolder, removeRunFolder } from "../src/process/run-folder.ts";
import { RunWatch } from "../src/process/watch-run.ts";
import { startWrapped } from "../src/process/wrapper.ts";
import { LoopWorld } from "../test/runner/loop-world.ts";
import { rounds } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

/** Few in each sample, so that some of them meet a quiet moment of the machine. */
const ITERATIONS = 3;
const SAMPLES_PER_ROUND = 5;
const ITERATIONS_SIDE_BY_SIDE = 20;
const SIDE_BY_SIDE = 50;

await using world = await LoopWorld.make();
const starts: number[] = [];
world.deps = { ...world.deps, observer: { runStarted: () => starts.push(performance.now()) } };
const profile = world.profile([], { commandTemplate: "true", maxConcurrency: 0 });

/** Starts the wrapper and waits for its exit file, as cheaply as it can be done. */
async function startAlone(): Promise<void> {
  const folder = makeRunFolder(`${world.dataDir}/alone/${crypto.randomUUID()}`);
  const { identity, gone } = startWrapped({
    command: "true",
    cwd: world.repo,
    env: world.env,
    folder,
    readsPrompt: false,
  });
  await new RunWatch({ folder, process: identity, gone, onOutput: () => {} }).ended;
  await removeRunFolder(folder);
}

async function msEach(count: number, work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / count;
}

async function repeat(count: number, work: () => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done++) await work();
}

let serial = 0;
const loopOf = (maxIterations: number) =>
  world.loop({ name: `loop-${serial++}`, profileId: profile.id, maxIterations });

let alone = Number.POSITIVE_INFINITY;
let iteration = Number.POSITIVE_INFINITY;
for (let round = 0; round < rounds(60); round++) {
  for (let sample = 0; sample < SAMPLES_PER_ROUND; sample++)
    alone = Math.min(alone, await msEach(ITERATIONS, () => repeat(ITERATIONS, startAlone)));
  starts.length = 0;
  await world.start(loopOf(SAMPLES_PER_ROUND * ITERATIONS + 1)).ended;
  for (let at = 0; at + ITERATIONS < starts.length; at += ITERATIONS)
    iteration = Math.min(iteration, ((starts[at + ITERATIONS] ?? 0) - (starts[at] ?? 0)) / ITERATIONS);
}

const total = SIDE_BY_SIDE * ITERATIONS_SIDE_BY_SIDE;
const each = (work: () => Promise<unknown>) => () => Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
let aloneTogether = Number.POSITIVE_INFINITY;
let loopsTogether = Number.POSITIVE_INFINITY;
for (let round = 0; round < rounds(6); round++) {
  aloneTogether = Math.min(
    aloneTogether,
    await msEach(
      total,
      each(() => repeat(ITERATIONS_SIDE_BY_SIDE, startAlone)),
    ),
  );
  const loops = Array.from({ length: SIDE_BY_SIDE }, () => loopOf(ITERATIONS_SIDE_BY_SIDE));
  loopsTogether = Math.min(
    loopsTogether,
    await msEach(total, () => Promise.all(loops.map((loop) => world.start(loop).ended))),
  );
}

console.log("one iteration");
figure("the wrapped bash -lc true alone", milliseconds(alone));
figure("an iteration", milliseconds(iteration));
bar("iteration / command alone", iteration / alone, 1.3);
figure("50 side by side, commands alone", `${Math.round(1000 / aloneTogether)} a second`);
figure("50 side by side, iterations", `${Math.round(1000 / loopsTogether)} a second`);
bar("time of iterations / of commands alone, 50 side by side", loopsTogether / aloneTogether, 1 / 0.7);

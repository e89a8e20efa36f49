import { expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { expectNothingLost } from "../supervisor/support/nothing-lost.ts";
import { SupervisedForge } from "../supervisor/support/supervised-forge.ts";
import { waitFor } from "../support/wait-for.ts";

/** `npm run test:soak` kills for minutes; without it the same is done for seconds. */
const isLong = process.env.SOAK !== undefined;
const LOOPS = 10;
const KILLS = isLong ? 300 : 12;
const ITERATIONS = isLong ? 400 : 30;
/** So that a failure can be repeated: SOAK_SEED=<n>. */
const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 1e9));

/** Mulberry32: small, and good enough to choose moments. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Its exit code can be told from its run's id, it takes between 0 and 150 ms. */
const harness = (forge: SupervisedForge) =>
  [
    'echo "output of $FORGE_RUN_ID"',
    `echo "$FORGE_PROMPT_CONTENT" | sed -n "s/^message /$FORGE_RUN_ID /p" >>${forge.path("delivered")}`,
    `echo "$FORGE_RUN_ID" >>${forge.path("ran")}`,
    "sleep 0.$(printf %03d $((RANDOM % 150)))",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
    "exit $((0x${FORGE_RUN_ID:0:2} % 5))",
  ].join("; ");

const exitCodeOf = (runId: string): number => Number.parseInt(runId.slice(0, 2), 16) % 5;

test(
  `${LOOPS} loops lose nothing and do nothing twice while supervisor and harnesses are killed ${KILLS} times (SOAK_SEED=${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const upTo = (most: number) => Math.floor(random() * most);
    await using forge = await SupervisedForge.make("loop_defaults: { failure_backoff: false }\n");
    forge.profile([], { maxConcurrency: 0, commandTemplate: harness(forge) });
    const loops = Array.from({ length: LOOPS }, (_, index) =>
      forge.loop({ name: `loop-${index}`, maxIterations: ITERATIONS }),
    );
    await forge.must(["daemon", "start"]);
    await Promise.all(loops.map(({ name }) => forge.must(["resume", name])));

    let harnessKills = 0;
    for (let kills = 0; kills < KILLS && !allStopped(forge, loops); kills++) {
      await Bun.sleep(upTo(400));
      sendMessage(forge, loops[upTo(LOOPS)], kills, random() < 0.3);
      await forge.killSupervisor();
      if (random() < 0.4) {
        forge.killHarnesses();
        harnessKills++;
      }
      if (random() < 0.3) await Bun.sleep(upTo(300));
      await forge.must(["daemon", "start"]);
    }
    await waitFor(() => allStopped(forge, loops), {
      what: "all loops to end",
      timeoutMs: isLong ? 600_000 : 60_000,
      everyMs: 100,
    });

    for (const loop of loops) {
      expectNothingLost(forge, loop, {
        mayBeLost: harnessKills,
        iterations: ITERATIONS,
      });
      for (const { id, exitCode = 0 } of forge.runs(loop))
        if (exitCode >= 0) expect([id, exitCode]).toEqual([id, exitCodeOf(id)]);
    }
    await waitFor(() => forge.processes().length === 1, { what: "all harnesses to be gone" });
  },
  isLong ? 3_600_000 : 180_000,
);

const allStopped = (forge: SupervisedForge, loops: readonly Loop[]): boolean =>
  loops.every((loop) => forge.read(loop).state === "stopped");

/** A message for a loop that still runs; a steer interrupts its run. */
function sendMessage(forge: SupervisedForge, loop: Loop | undefined, number: number, isSteer: boolean): void {
  if (loop === undefined) return;
  const done = Number(forge.read(loop).metadata?.iteration_count ?? 0);
  // What comes after the last run is nobody's.
  if (done > ITERATIONS / 2) return;
  const text = `message m${number}`;
  if (isSteer) forge.enqueue(loop, { type: "steer_message", payload: { message: text } });
  else forge.enqueue(loop, { type: "message_append", payload: { text } });
}

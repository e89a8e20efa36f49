// How long `forge msg --now` to a sleeping loop takes, from the start of the command until the loop's harness runs. With
// and without the word to the supervisor: without it, its own look at the database has to find the message.

import { SupervisedForge } from "../test/supervisor/support/supervised-forge.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { rounds, smoke } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const MESSAGES = rounds(100, 3);

await using forge = await SupervisedForge.make();
// The shell tells the time itself, in seconds with microseconds: no other program is started for it.
forge.profile([], { commandTemplate: `echo "$EPOCHREALTIME" >>${forge.path("started")}` });
await forge.must(["up", "--name", "alpha", "--interval", "24h"]);
const loop = forge.named("alpha");

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const epoch = (): number => performance.timeOrigin + performance.now();

/** Milliseconds from the moment when `send` begins until the harness runs. */
async function latency(send: () => Promise<unknown>): Promise<number> {
  await forge.untilState(loop, "sleeping");
  // The state is written a moment before the loop sleeps.
  await Bun.sleep(5);
  const before = forge.lines("started").length;
  const from = epoch();
  await send();
  await waitFor(() => forge.lines("started").length > before, { what: "the harness", everyMs: 1 });
  return Number(forge.lines("started").at(-1)) * 1000 - from;
}

async function measure(send: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let sent = 0; sent < MESSAGES; sent++) taken.push(await latency(send));
  return taken;
}

const byCommand = await measure(() => forge.must(["msg", "alpha", "--now", "look here"]));
const withoutPoke = await measure(async () =>
  forge.enqueue(loop, { type: "steer_message", payload: { message: "look here" } }),
);

console.log("message latency");
figure("forge msg --now until the harness starts, slowest", milliseconds(Math.max(...byCommand)));
figure("without a poke, median", milliseconds(median(withoutPoke)));
bar("forge msg --now until the harness starts, median in ms", median(byCommand), 50);
bar("without a poke, slowest in ms", Math.max(...withoutPoke), smoke ? Number.POSITIVE_INFINITY : 1500);

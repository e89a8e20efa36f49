// How fast the output of a harness comes into the loop's log: a harness that prints 1 GB, against the same command
// redirected to a file by the shell; and how much memory that takes.
import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LoopWorld } from "../test/runner/loop-world.ts";
import { rounds, smoke } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const BYTES = smoke ? 10_000_000 : 1_000_000_000;
/** What a resident set may grow by while a gigabyte goes through. */
const MEMORY_BAR_MB = 64;

const command = `yes 'A line as agents print them, neither short nor long: 0123456789' | head -c ${BYTES}`;

await using world = await LoopWorld.make();
const profile = world.profile([], { commandTemplate: command });

async function redirected(): Promise<number> {
  const path = join(world.folder, "redirected");
  const file = openSync(path, "w");
  const from = performance.now();
  await Bun.spawn(["bash", "-lc", command], { env: world.env, stdio: ["ignore", file, "ignore"] }).exited;
  const taken = performance.now() - from;
  closeSync(file);
  rmSync(path);
  return taken;
}

let grown = 0;

async function followed(round: number): Promise<number> {
  const loop = world.loop({ name: `loop-${round}`, profileId: profile.id, maxIterations: 1 });
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    grown = Math.max(grown, process.memoryUsage.rss() - before);
  }, 20);
  const from = performance.now();
  await world.start(loop).ended;
  const taken = performance.now() - from;
  clearInterval(watch);
  const [run] = world.runs(loop);
  const { logPath = "" } = world.read(loop);
  if (run?.status !== "success" || Bun.file(logPath).size < BYTES)
    throw new Error("the output is not in the log");
  rmSync(logPath);
  rmSync(join(world.dataDir, "runs"), { recursive: true });
  return taken;
}

let plain = Number.POSITIVE_INFINITY;
let copied = Number.POSITIVE_INFINITY;
for (let round = 0; round < rounds(3, 1); round++) {
  plain = Math.min(plain, await redirected());
  copied = Math.min(copied, await followed(round));
}

console.log("output of 1 GB");
figure("redirected by the shell", milliseconds(plain));
figure("followed into the log", milliseconds(copied));
bar("followed / redirected", copied / plain, 2);
bar(`memory, growth / ${MEMORY_BAR_MB} MB`, grown / (MEMORY_BAR_MB * 1024 * 1024), 1);

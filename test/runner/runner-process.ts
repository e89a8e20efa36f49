// A local runner in a process of its own, as `forge loop run` is: bun runner-process.ts <loop id> [once]
import { loadConfig } from "../../src/config/config.ts";
import { databasePath } from "../../src/config/paths.ts";
import type { LoopId } from "../../src/core/ids.ts";
import type { World } from "../../src/core/world.ts";
import { runLoopHere, runOnceHere } from "../../src/runner/local-runner.ts";
import { openDatabase } from "../../src/store/database.ts";
import { getLoop } from "../../src/store/loops.ts";

const [loopId = "", mode] = process.argv.slice(2);
const world: World = {
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  random: Math.random,
  executable: process.execPath,
  isTerminal: () => false,
};
const { config } = await loadConfig({ env: world.env, cwd: world.cwd });
const db = openDatabase(databasePath(config), { mode: "write" });
const loop = getLoop(db, loopId as LoopId); // typed by the test
try {
  await (mode === "once" ? runOnceHere : runLoopHere)({ db, config, world, loop });
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}

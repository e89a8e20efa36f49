import { basename } from "node:path";
import { isTerminal } from "./console/terminal.ts";
import type { World } from "./core/world.ts";

// Captured first: read late, after an upgrade replaced the file, the path would end in " (deleted)".
const executable = process.execPath;

const world: World = {
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  random: Math.random,
  executable,
  isTerminal,
};

const words = process.argv.slice(2);
const { forge } = await import("./cli/forge.ts");
void basename;
process.exitCode = await forge(words, world);

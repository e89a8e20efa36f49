import { basename } from "node:path";
import { isTerminal } from "./console/terminal.ts";
import type { World } from "./core/world.ts";

const world: World = {
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  random: Math.random,
  // Captured first: read late, after an upgrade replaced the file, the path would end in " (deleted)".
  executable: process.execPath,
  isTerminal,
};

/** Whoever runs this long is no short command: code that is run often is worth compiling (scripts/compile-flags.mjs). */
const STARTED_AFTER_MS = 100;
setTimeout(() => Bun.unsafe.setJITPolicy(1), STARTED_AFTER_MS).unref();

process.exitCode = await run(basename(process.argv0), process.argv.slice(2));

/** Runs the program that the executable was called as: forge, `forged` (its background process), or fmail. */
async function run(name: string, words: readonly string[]): Promise<number> {
  if (name === "fmail") return (await import("./fmail/fmail.ts")).fmail(words, world);
  const { forge } = await import("./cli/forge.ts");
  return forge(
    name === "forged" && !words.includes("--version") ? ["daemon", "run", ...words] : words,
    world,
  );
}

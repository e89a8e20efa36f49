// How long `forge logs -n 50` takes on a log of 1 GB, against one of 1 MB that ends in the same lines. The large log is
// sparse up to its last megabyte: who reads it whole reads a gigabyte all the same. FORGE_REF names another forge
// executable to measure beside ours, on the same logs.
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../src/store/database.ts";
import { createLoop } from "../src/store/loops.ts";
import { Forge, forgeExecutable } from "../test/support/forge.ts";
import { type Contestant, interleavedMinima } from "./support/interleaved.ts";
import { rounds } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const MEGABYTE = 1_000_000;
const GIGABYTE = 1_000_000_000;

/** What agents and runner write, as much as a megabyte holds. */
const lines = `${[
  "[2026-01-02T03:04:05Z] run 36b9664b-332d-4e68-8ca1-3d68b6342730 start (profile=claude)",
  "The test fails because the clock is read twice; it has to be handed in.",
  "$ npm test",
  "error: expected 1, got 2",
  "    at Object.<anonymous> (test/clock.test.ts:12:5)",
  "exit code: 1",
].join("\n")}\n`;
const megabyte = lines.repeat(Math.floor(MEGABYTE / lines.length));

function addLoop(forge: Forge, name: string, size: number): void {
  const logPath = join(forge.dataDir, "logs/loops", `${name}.log`);
  mkdirSync(join(forge.dataDir, "logs/loops"), { recursive: true });
  writeFileSync(logPath, "");
  truncateSync(logPath, size - megabyte.length);
  appendFileSync(logPath, megabyte);
  const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "write" });
  createLoop(db, { name, repoPath: forge.repo, logPath }, Date.now());
  closeDatabase(db);
}

await using forge = new Forge();
addLoop(forge, "small", MEGABYTE);
addLoop(forge, "large", GIGABYTE);
const tail = (executable: string, loop: string, ...words: string[]): Contestant => ({
  command: [executable, "logs", loop, "-n", "50", ...words],
  cwd: forge.repo,
  env: forge.env,
});

const minima = interleavedMinima(
  {
    small: tail(forgeExecutable, "small"),
    large: tail(forgeExecutable, "large"),
    largeSince: tail(forgeExecutable, "large", "--since", "2026-01-01"),
  },
  rounds(40),
);
console.log("tail of a log");
figure("forge logs -n 50, 1 MB", milliseconds(minima.small));
figure("forge logs -n 50, 1 GB", milliseconds(minima.large));
bar("forge logs -n 50, 1 GB / 1 MB", minima.large / minima.small, 3);
bar("forge logs -n 50 --since, 1 GB / without --since, 1 MB", minima.largeSince / minima.small, 3);

const reference = process.env.FORGE_REF;
if (reference !== undefined) {
  const { ours, theirs } = interleavedMinima(
    { ours: tail(forgeExecutable, "large"), theirs: tail(reference, "large") },
    rounds(10),
  );
  figure("forge logs -n 50, 1 GB: ours / reference", (ours / theirs).toFixed(2));
}

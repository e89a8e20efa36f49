// What looks after the data directory takes on one with 1,000,000 events and 10 GB of logs (sparse files: who reads them
// reads 10 GB all the same): `gc`, `du`, `audit -n 50` and `doctor`, in time and in memory, against one with 1,000 events.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../src/store/database.ts";
import { createLoop } from "../src/store/loops.ts";
import { Forge, forgeExecutable } from "../test/support/forge.ts";
import { rounds, smoke } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const EVENTS = smoke ? 20_000 : 1_000_000;
const FEW_EVENTS = 1000;
const LOOPS = 10;
const LOG_BYTES = 1_000_000_000;
const BAR_SECONDS = 2;
/** Memory may not grow with what is looked at; the page cache of SQLite may fill. */
const MEMORY_BAR = 1.5;
const DAY_MS = 86_400_000;

const COMMANDS = {
  gc: ["gc"],
  "gc --dry-run, all events too old": ["gc", "--dry-run", "--older-than", "1s"],
  du: ["du"],
  "audit -n 50": ["audit", "-n", "50"],
  "audit -n 50 --type": ["audit", "-n", "50", "--type", "run.failed"],
  doctor: ["doctor"],
} as const;
type Name = keyof typeof COMMANDS;

/** Loops with logs, and events of theirs over the last 20 days. */
function fill(forge: Forge, events: number, logBytes: number): void {
  const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "write" });
  mkdirSync(join(forge.dataDir, "logs/loops"), { recursive: true });
  const now = Date.now();
  const insert = db.query(
    `INSERT INTO events (id, timestamp, type, entity_type, entity_id, payload_json, metadata_json)
     VALUES (?, ?, ?, 'system', ?, ?, ?)`,
  );
  db.transaction(() => {
    const loops = Array.from({ length: LOOPS }, (_, index) => {
      const logPath = join(forge.dataDir, "logs/loops", `loop-${index}.log`);
      writeFileSync(logPath, "");
      truncateSync(logPath, logBytes);
      return createLoop(db, { name: `loop-${index}`, repoPath: forge.repo, logPath }, now);
    });
    for (let at = 0; at < events; at++) {
      const loop = loops[at % LOOPS];
      const time = `${new Date(now - 20 * DAY_MS * (1 - at / events)).toISOString().slice(0, 19)}Z`;
      const id = crypto.randomUUID();
      const payload = `{"run_id":"${id}","kind":"main","profile":"claude","status":"success","exit_code":0,"duration_ms":8123}`;
      const metadata = `{"kind":"run","loop_id":"${loop?.id}","loop_name":"${loop?.name}","run_id":"${id}"}`;
      insert.run(
        id,
        time,
        at % 1000 === 0 ? "run.failed" : "run.finished",
        loop?.id ?? "",
        payload,
        metadata,
      );
    }
  })();
  closeDatabase(db);
}

/** The shortest time in milliseconds, and the most memory in bytes; 0 where the system does not tell. */
async function measure(forge: Forge, words: readonly string[]): Promise<{ time: number; memory: number }> {
  let time = Number.POSITIVE_INFINITY;
  let memory = 0;
  for (let round = 0; round < rounds(3, 1); round++) {
    const start = performance.now();
    const child = Bun.spawn([forgeExecutable, ...words], {
      cwd: forge.repo,
      env: forge.env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    // What the system sums up at the end counts the memory of this process, from which the child was forked.
    while (child.exitCode === null && child.signalCode === null) {
      memory = Math.max(memory, peakMemory(child.pid));
      await Promise.race([child.exited, Bun.sleep(1)]);
    }
    // `doctor` tells by 1 that something is amiss on this machine, such as a missing program.
    if (child.exitCode !== 0 && words[0] !== "doctor")
      throw new Error(`${words.join(" ")} ended with ${child.exitCode}`);
    time = Math.min(time, performance.now() - start);
  }
  return { time, memory };
}

function peakMemory(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

await using large = new Forge();
await using small = new Forge();
fill(large, EVENTS, LOG_BYTES);
fill(small, FEW_EVENTS, 1000);
console.log(`a data directory with ${EVENTS} events and ${(LOOPS * LOG_BYTES) / 1e9} GB of logs`);
for (const [name, words] of Object.entries(COMMANDS) as [Name, readonly string[]][]) {
  const [much, little] = [await measure(large, words), await measure(small, words)];
  figure(
    `forge ${name}`,
    `${milliseconds(much.time)} (with ${FEW_EVENTS} events ${milliseconds(little.time)})`,
  );
  bar(`forge ${name} / s`, much.time / 1000, BAR_SECONDS);
  if (little.memory === 0) continue;
  figure(`forge ${name}`, `${Math.round(much.memory / 1e6)} MB`);
  bar(`forge ${name}: memory / with ${FEW_EVENTS} events`, much.memory / little.memory, MEMORY_BAR);
}

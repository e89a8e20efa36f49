// How long the reading of `forge ps` takes inside the process: 1,000 loops with 100,000 runs, and the same runs on 100
// loops, from a file that is opened anew each time. The bar is spec/40 Do better 10.
import { rmSync } from "node:fs";
import { closeDatabase, type Db, openDatabase } from "../src/store/database.ts";
import { listForTable } from "../src/store/listed-loops.ts";
import { enqueue } from "../src/store/loop-queue.ts";
import { createRun } from "../src/store/loop-runs.ts";
import { createLoop } from "../src/store/loops.ts";
import { addProfile, message } from "../test/store/support/samples.ts";
import { TemporaryStore } from "../test/store/support/temporary-store.ts";
import { rounds } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const RUNS = 100_000;
const BAR_MS = 50;

function fill(db: Db, loops: number): void {
  const profile = addProfile(db, "p", { maxConcurrency: 0 });
  const now = Date.now();
  db.transaction(() => {
    for (let at = 0; at < loops; at++) {
      const metadata = { iteration_count: at, started_at: "2026-01-02T03:04:05Z", runner_owner: "daemon" };
      const loop = createLoop(db, { name: `loop-${at}`, repoPath: "/repo", tags: ["bench"], metadata }, now);
      enqueue(db, loop.id, [message("Mind the tests.")], now);
      for (let run = 0; run < RUNS / loops; run++) {
        const ended = {
          status: "success",
          exitCode: 0,
          finishedAt: now,
          outputTail: "ok\n".repeat(60),
        } as const;
        createRun(db, { loopId: loop.id, profileId: profile.id, ...ended }, now);
      }
    }
  })();
}

function measure(loops: number): { cold: number; query: number } {
  using store = new TemporaryStore();
  const writer = openDatabase(store.path, { mode: "write" });
  fill(writer, loops);
  closeDatabase(writer);
  let cold = Number.POSITIVE_INFINITY;
  let query = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds(20); round++) {
    const started = performance.now();
    const db = openDatabase(store.path, { mode: "read" });
    const opened = performance.now();
    const summaries = listForTable(db);
    const ended = performance.now();
    closeDatabase(db);
    if (summaries.length !== loops) throw new Error(`read ${summaries.length} loops`);
    cold = Math.min(cold, opened - started);
    query = Math.min(query, ended - opened);
  }
  rmSync(store.path);
  return { cold, query };
}

console.log("reading of ps, in the process");
const thousand = measure(1000);
const hundred = measure(100);
figure("open", milliseconds(thousand.cold));
figure("1,000 loops, 100,000 runs", milliseconds(thousand.query));
figure("100 loops, 100,000 runs", milliseconds(hundred.query));
bar("1,000 loops, 100,000 runs / ms", thousand.query, BAR_MS);

// How long `forge --version` and `forge ps` take from a cold start, against an empty program on the same runtime.
// `ps` reads a database of 100 and of 1,000 loops with runs and queued messages. FORGE_REF names another forge executable
// to measure beside ours, on the same database.
import { join } from "node:path";
import { queueItemDraft } from "../src/core/queue-payload.ts";
import { closeDatabase, openDatabase } from "../src/store/database.ts";
import { enqueue } from "../src/store/loop-queue.ts";
import { createRun } from "../src/store/loop-runs.ts";
import { createLoop } from "../src/store/loops.ts";
import { Forge, forgeExecutable } from "../test/support/forge.ts";
import { compileEmptyProgram } from "./support/empty-program.ts";
import { type Contestant, interleavedMinima } from "./support/interleaved.ts";
import { rounds } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const RUNS_PER_LOOP = 3;

/** A HOME whose database holds so many stopped loops. */
function homeWith(loops: number): Forge {
  const forge = new Forge();
  const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "write" });
  const now = Date.now();
  db.transaction(() => {
    for (let at = 0; at < loops; at++) {
      const { id } = createLoop(db, { name: `loop-${at}`, repoPath: forge.repo, intervalSeconds: 30 }, now);
      enqueue(
        db,
        id,
        [queueItemDraft({ type: "message_append", payload: { text: "Mind the tests." } })],
        now,
      );
      for (let run = 0; run < RUNS_PER_LOOP; run++)
        createRun(db, { loopId: id, status: "success", exitCode: 0, finishedAt: now }, now);
    }
  })();
  closeDatabase(db);
  return forge;
}

const contestant = (forge: Forge, ...command: string[]): Contestant => ({
  command,
  cwd: forge.repo,
  env: forge.env,
});

await using hundred = homeWith(100);
await using thousand = homeWith(1000);
const minima = interleavedMinima(
  {
    empty: contestant(hundred, compileEmptyProgram(hundred.folder)),
    version: contestant(hundred, forgeExecutable, "--version"),
    ps100: contestant(hundred, forgeExecutable, "ps"),
    ps1000: contestant(thousand, forgeExecutable, "ps"),
    complete: contestant(hundred, forgeExecutable, "__complete", "logs", ""),
  },
  rounds(100),
);

console.log("cold start");
figure("empty compiled program", milliseconds(minima.empty));
figure("forge --version", milliseconds(minima.version));
figure("forge ps, 100 loops", milliseconds(minima.ps100));
figure("forge ps, 1,000 loops", milliseconds(minima.ps1000));
figure("forge ps, 1,000 loops / 100 loops", (minima.ps1000 / minima.ps100).toFixed(2));
figure("completion of a loop name, 100 loops", milliseconds(minima.complete));
bar("forge --version / empty", minima.version / minima.empty, 1.5);
bar("forge ps, 100 loops / empty", minima.ps100 / minima.empty, 2.5);
bar("forge ps, 1,000 loops / empty", minima.ps1000 / minima.empty, 2.5);
bar("completion of a loop name / empty", minima.complete / minima.empty, 3);

const reference = process.env.FORGE_REF;
if (reference !== undefined) {
  const { ours, theirs } = interleavedMinima(
    { ours: contestant(hundred, forgeExecutable, "ps"), theirs: contestant(hundred, reference, "ps") },
    rounds(40),
  );
  figure("forge ps, 100 loops: ours / reference", (ours / theirs).toFixed(2));
}

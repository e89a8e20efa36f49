// A process of its own for tests of many processes on one file. Says that it is ready and waits for a line on standard
// input, so that all start at once; then does one thing and prints one line of JSON.
// Usage: bun worker.ts <task> <database> [argument...]
import { queueItemDraft } from "../../../src/core/queue-payload.ts";
import { type Db, openDatabase } from "../../../src/store/database.ts";
import { setMemory } from "../../../src/store/loop-memory.ts";
import { dequeue, enqueue } from "../../../src/store/loop-queue.ts";
import { patchLoop } from "../../../src/store/loop-updates.ts";
import { getLoopByName } from "../../../src/store/loops.ts";
import { migrateUp } from "../../../src/store/migrator.ts";
import { inTransaction } from "../../../src/store/transaction.ts";

const [task = "", path = "", ...args] = process.argv.slice(2);

const open = (migrate = true): Db => openDatabase(path, { mode: "write", migrate });
const loopId = (db: Db) => getLoopByName(db, "shared").id;

const tasks: Record<string, () => unknown> = {
  migrate: () => migrateUp(open(false)),

  open: () => open().query("SELECT max(version) AS version FROM schema_version").get(),

  enqueue: () => {
    const db = open();
    const draft = queueItemDraft({ type: "message_append", payload: { text: args[0] ?? "" } });
    return enqueue(db, loopId(db), [draft, draft], Date.now()).map(({ position }) => position);
  },

  dequeue: () => {
    const db = open();
    const id = loopId(db);
    const taken: string[] = [];
    try {
      for (;;) taken.push(dequeue(db, id, Date.now()).id);
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message === "queue is empty") return taken;
      throw thrown;
    }
  },

  /** Sets a state, or metadata, so many times. */
  patch: () => {
    const db = open();
    const id = loopId(db);
    const [what = "", times = "0"] = args;
    for (let round = 1; round <= Number(times); round++) {
      if (what === "state") patchLoop(db, id, { state: round % 2 ? "sleeping" : "running" }, Date.now());
      else patchLoop(db, id, { metadata: { iterationCount: round } }, Date.now());
    }
    return "done";
  },

  /** Stops in the middle of a transaction until it is killed. */
  halfWrite: () => {
    const db = open();
    const id = loopId(db);
    inTransaction(db, () => {
      patchLoop(db, id, { state: "error", lastError: "half" }, Date.now());
      setMemory(db, id, "half", "written", Date.now());
      console.log(JSON.stringify("inside"));
      for (;;) Bun.sleepSync(1000);
    });
  },

  /** Writes one number in two places, each time in one transaction, until it is killed. */
  pairs: () => {
    const db = open();
    const id = loopId(db);
    for (let round = 1; ; round++) {
      inTransaction(db, () => {
        setMemory(db, id, "round", String(round), Date.now());
        patchLoop(db, id, { metadata: { iterationCount: round } }, Date.now());
      });
    }
  },

  /** Keeps the write lock for so many milliseconds. */
  hold: () => {
    const db = open();
    inTransaction(db, () => {
      console.log(JSON.stringify("holding"));
      Bun.sleepSync(Number(args[0]));
    });
    return "released";
  },
};

console.log(JSON.stringify("ready"));
for await (const _ of console) break;
console.log(JSON.stringify(tasks[task]?.()));
process.exit(0);

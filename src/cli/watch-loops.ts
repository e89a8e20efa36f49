import type { Output } from "../console/output.ts";
import { Screen } from "../console/screen.ts";
import type { Milliseconds } from "../core/duration.ts";
import { ForgeError } from "../core/errors.ts";
import type { LoopFilter } from "../core/selector.ts";
import { closeDatabase, type Db, dataVersion, isInMemory } from "../store/database.ts";
import { DatabaseNews } from "./database-news.ts";
import type { Invocation } from "./invocation.ts";
import { type ListedLoopJson, listJson } from "./listed-loops-json.ts";
import { Interruption } from "./log-view/interruption.ts";
import { listLines, loopTable } from "./loop-table.ts";
import { openStore } from "./store-access.ts";

/** A runner that dies changes no row; so often it is looked whether they live. */
const CHECK_EVERY_MS: Milliseconds = 2000;

type Filter = (db: Db) => Promise<LoopFilter>;

/**
 * `ps --watch`, until SIGINT or SIGTERM: on a terminal the table, drawn anew when it has changed; with `--jsonl` a line for
 * each loop, and again for each that has changed. Throws where neither is possible.
 */
export async function watchLoops(invocation: Invocation, filterOf: Filter): Promise<void> {
  const { out, world } = invocation;
  if (out.format === "jsonl") {
    const show = changedLines(out);
    return watch(invocation, async (db) => show(await listJson(invocation, db, await filterOf(db))));
  }
  if (out.isJson || !world.isTerminal(1))
    throw new ForgeError("unknown", "--watch requires --jsonl output format");
  using screen = new Screen();
  await watch(invocation, async (db) =>
    screen.draw(loopTable(await listLines(invocation, db, await filterOf(db)), invocation)),
  );
}

/** Calls `show` at once and after each change. */
async function watch(invocation: Invocation, show: (db: Db) => Promise<void>): Promise<void> {
  using interruption = new Interruption();
  const news = new DatabaseNews(invocation, interruption.signal);
  let db = openStore(invocation, "read");
  while (!interruption.signal.aborted) {
    const version = dataVersion(db);
    await show(db);
    await news.next(db, version, CHECK_EVERY_MS);
    // There may be a file by now.
    if (isInMemory(db)) {
      closeDatabase(db);
      db = openStore(invocation, "read");
    }
  }
}

/** Prints a loop when it is new or has changed, and says when one is listed no longer. */
function changedLines(out: Output): (entries: readonly ListedLoopJson[]) => void {
  let last: ReadonlyMap<string, { entry: ListedLoopJson; line: string }> = new Map();
  return (entries) => {
    const now = new Map(entries.map((entry) => [entry.id, { entry, line: JSON.stringify(entry) }]));
    const gone = [...last.values()].filter(({ entry }) => !now.has(entry.id));
    const changed = [...now.values()].filter(({ entry, line }) => last.get(entry.id)?.line !== line);
    for (const { entry } of gone)
      out.json({ id: entry.id, short_id: entry.short_id, name: entry.name, listed: false });
    out.write(changed.map(({ line }) => `${line}\n`).join(""));
    last = now;
  };
}

import { Screen } from "../console/screen.ts";
import type { Milliseconds } from "../core/duration.ts";
import { ForgeError } from "../core/errors.ts";
import { closeDatabase, type Db, dataVersion, isInMemory } from "../store/database.ts";
import { DatabaseNews } from "./database-news.ts";
import type { Invocation } from "./invocation.ts";
import { listedLoopsJson } from "./listed-loops-json.ts";
import { Interruption } from "./log-view/interruption.ts";
import { loopTable } from "./loop-table.ts";
import type { CheckedSummary } from "./reconciled-summaries.ts";
import { openStore } from "./store-access.ts";

/** A runner that dies changes no row; so often it is looked whether they live. */
const CHECK_EVERY_MS: Milliseconds = 2000;

type List = (db: Db) => Promise<readonly CheckedSummary[]>;
type Show = (db: Db, listed: readonly CheckedSummary[]) => void;

interface ListedLine {
  readonly entry: ReturnType<typeof listedLoopsJson>[number];
  readonly line: string;
}

/**
 * `ps --watch`, until SIGINT or SIGTERM: on a terminal the table, drawn anew when it has changed; with `--jsonl` a line for
 * each loop, and again for each that has changed. Throws where neither is possible.
 */
export async function watchLoops(invocation: Invocation, list: List): Promise<void> {
  const { out, world } = invocation;
  if (out.format === "jsonl") return watch(invocation, list, changedLines(invocation));
  if (out.isJson || !world.isTerminal(1))
    throw new ForgeError("unknown", "--watch requires --jsonl output format");
  using screen = new Screen();
  await watch(invocation, list, (_db, listed) => screen.draw(loopTable(listed, invocation)));
}

async function watch(invocation: Invocation, list: List, show: Show): Promise<void> {
  using interruption = new Interruption();
  const news = new DatabaseNews(invocation, interruption.signal);
  let db = openStore(invocation, "read");
  while (!interruption.signal.aborted) {
    const version = dataVersion(db);
    show(db, await list(db));
    await news.next(db, version, CHECK_EVERY_MS);
    // There may be a file by now.
    if (isInMemory(db)) {
      closeDatabase(db);
      db = openStore(invocation, "read");
    }
  }
}

/** Prints a loop when it is new or has changed, and says when one is listed no longer. */
function changedLines({ out }: Invocation): Show {
  let last: ReadonlyMap<string, ListedLine> = new Map();
  return (db, listed) => {
    const now = new Map(
      listedLoopsJson(db, listed).map((entry) => [entry.id, { entry, line: JSON.stringify(entry) }]),
    );
    const gone = [...last.values()].filter(({ entry }) => !now.has(entry.id));
    const changed = [...now.values()].filter(({ entry, line }) => last.get(entry.id)?.line !== line);
    for (const { entry } of gone)
      out.json({ id: entry.id, short_id: entry.short_id, name: entry.name, listed: false });
    out.write(changed.map(({ line }) => `${line}\n`).join(""));
    last = now;
  };
}

import type { LoopFilter } from "../../core/selector.ts";
import type { Db } from "../../store/database.ts";
import { listLoopSummaries } from "../../store/loop-summaries.ts";
import type { Invocation, Run } from "../invocation.ts";
import { loopTable } from "../loop-table.ts";
import { type CheckedSummary, reconcileSummaries } from "../reconciled-summaries.ts";
import type { psFlags } from "../registry/loops.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof psFlags> = async (invocation) => {
  const { out, global } = invocation;
  // Only what this answer takes is loaded: nothing is called more often.
  if (global.watch)
    return (await import("../watch-loops.ts")).watchLoops(invocation, (db) => list(invocation, db));
  const db = openStore(invocation, "read");
  const listed = await list(invocation, db);
  if (out.isJson) out.jsonList((await import("../listed-loops-json.ts")).listedLoopsJson(db, listed));
  else if (!out.quiet || listed.length === 0) out.write(loopTable(listed, invocation));
};

async function list(invocation: Invocation<typeof psFlags>, db: Db): Promise<CheckedSummary[]> {
  const summaries = listLoopSummaries(db, await filterOf(invocation, db));
  return reconcileSummaries(invocation, db, summaries);
}

/** With `-C` only the loops of that directory are listed (spec/20 section 2). */
async function filterOf({ flags, global, world }: Invocation<typeof psFlags>, db: Db): Promise<LoopFilter> {
  const selector = { ...flags, repo: flags.repo ?? (global.chdir?.trim() ? world.cwd : undefined) };
  if (!Object.values(selector).some(Boolean)) return {};
  return (await import("../loop-selection.ts")).filterFrom(db, selector, world);
}

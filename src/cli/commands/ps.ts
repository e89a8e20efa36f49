import type { LoopFilter } from "../../core/selector.ts";
import type { Db } from "../../store/database.ts";
import type { Invocation, Run } from "../invocation.ts";
import { listLines, loopTable } from "../loop-table.ts";
import type { psFlags } from "../registry/ps.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof psFlags> = async (invocation) => {
  const { out, global } = invocation;
  // Only what this answer takes is loaded: nothing is called more often.
  if (global.watch)
    return (await import("../watch-loops.ts")).watchLoops(invocation, (db) => filterOf(invocation, db));
  const db = openStore(invocation, "read");
  const filter = await filterOf(invocation, db);
  if (out.isJson) {
    const { listJson } = await import("../listed-loops-json.ts");
    return out.jsonList(await listJson(invocation, db, filter));
  }
  const loops = await listLines(invocation, db, filter);
  if (!out.quiet || loops.length === 0) out.write(loopTable(loops, invocation));
};

/** With `-C` only the loops of that directory are listed (spec/20 section 2). */
async function filterOf({ flags, global, world }: Invocation<typeof psFlags>, db: Db): Promise<LoopFilter> {
  const selector = { ...flags, repo: flags.repo ?? (global.chdir?.trim() ? world.cwd : undefined) };
  if (!Object.values(selector).some(Boolean)) return {};
  return (await import("../loop-selection.ts")).filterFrom(db, selector, world);
}

import { listLoopSummaries } from "../../store/loop-summaries.ts";
import { lastOutcomes } from "../../store/run-outcomes.ts";
import type { Run } from "../invocation.ts";
import { filterFrom } from "../loop-selection.ts";
import { loopSummaryJson, loopTable } from "../loop-table.ts";
import { reconcileSummaries, shownRunner } from "../reconciled-summaries.ts";
import type { psFlags } from "../registry/loops.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof psFlags> = async (invocation) => {
  const { flags, global, world, out } = invocation;
  const db = openStore(invocation, "read");
  const repo = flags.repo ?? (global.chdir?.trim() ? world.cwd : undefined);
  const summaries = listLoopSummaries(db, filterFrom(db, { ...flags, repo }, world));
  const listed = await reconcileSummaries(invocation, db, summaries);
  if (out.isJson) {
    const ids = listed.map(({ summary }) => summary.loop.id);
    const outcomes = lastOutcomes(db, ids);
    out.jsonList(
      listed.map((entry) =>
        loopSummaryJson(entry.summary, shownRunner(entry), outcomes.get(entry.summary.loop.id)?.outcome),
      ),
    );
  } else if (listed.length === 0) out.line("No loops found");
  else if (!out.quiet)
    out.write(
      loopTable(
        listed.map(({ summary }) => summary),
        out,
      ),
    );
};

import { optionalTime } from "../core/json.ts";
import { loopVerbJson } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { Outcome } from "../core/outcome.ts";
import type { RunnerVerdict } from "../core/runner-verdict.ts";
import type { LoopFilter } from "../core/selector.ts";
import { pidExists } from "../process/identity.ts";
import type { Db } from "../store/database.ts";
import { type LoopSummary, listLoopSummaries } from "../store/loop-summaries.ts";
import { lastOutcomes } from "../store/run-outcomes.ts";
import type { RecoveringInvocation } from "./crash-recovery.ts";
import { isHosted } from "./poke.ts";
import { listReconciled } from "./reconciled-list.ts";

export type ListedLoopJson = ReturnType<typeof listedLoopJson>;

/** The loops that the filter leaves, as `ps --json` prints them (spec/20 section 7.2). */
export async function listJson(
  invocation: RecoveringInvocation,
  db: Db,
  filter: LoopFilter,
): Promise<ListedLoopJson[]> {
  const { entries, verdicts } = await listReconciled<LoopSummary>(invocation, db, filter, {
    list: listLoopSummaries,
    loopOf: ({ loop }) => loop,
  });
  const outcomes = lastOutcomes(
    db,
    entries.map(({ loop }) => loop.id),
  );
  return entries.map((summary) => {
    const { id } = summary.loop;
    return listedLoopJson(summary, verdicts.get(id) ?? "none", outcomes.get(id)?.outcome);
  });
}

function listedLoopJson(summary: LoopSummary, verdict: RunnerVerdict, lastOutcome: Outcome | undefined) {
  const { loop, runs, pending, runtime } = summary;
  const { runnerOwner, runnerInstanceId, pid, waitUntil } = readLoopMetadata(loop.metadata);
  return {
    ...loopVerbJson(loop),
    runs,
    pending_queue: pending,
    wait_until: loop.state === "waiting" ? optionalTime(waitUntil) : undefined,
    runner_owner: runnerOwner,
    runner_instance_id: runnerInstanceId,
    runner_pid_alive: pid === undefined ? undefined : pidExists(pid),
    runner_daemon_alive: isHosted(loop) ? verdict === "live" : undefined,
    wait_kind: runtime?.wait?.kind,
    wait_reason: runtime?.wait?.reason,
    last_outcome: lastOutcome,
  };
}

import { optionalTime } from "../core/json.ts";
import { loopVerbJson } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { Outcome } from "../core/outcome.ts";
import { pidExists } from "../process/identity.ts";
import type { Db } from "../store/database.ts";
import { lastOutcomes } from "../store/run-outcomes.ts";
import { waitUntil } from "./loop-table.ts";
import { isHosted } from "./poke.ts";
import type { CheckedSummary } from "./reconciled-summaries.ts";

/** The loops as `ps --json` prints them (spec/20 section 7.2). */
export function listedLoopsJson(db: Db, listed: readonly CheckedSummary[]) {
  const outcomes = lastOutcomes(
    db,
    listed.map(({ summary }) => summary.loop.id),
  );
  return listed.map((entry) => listedLoopJson(entry, outcomes.get(entry.summary.loop.id)?.outcome));
}

function listedLoopJson({ summary, verdict }: CheckedSummary, lastOutcome: Outcome | undefined) {
  const { loop, runs, pending, runtime } = summary;
  const { runnerOwner, runnerInstanceId, pid } = readLoopMetadata(loop.metadata);
  return {
    ...loopVerbJson(loop),
    runs,
    pending_queue: pending,
    wait_until: optionalTime(waitUntil(loop)),
    runner_owner: runnerOwner,
    runner_instance_id: runnerInstanceId,
    runner_pid_alive: pid === undefined ? undefined : pidExists(pid),
    runner_daemon_alive: isHosted(loop) ? verdict === "live" : undefined,
    wait_kind: runtime?.wait?.kind,
    wait_reason: runtime?.wait?.reason,
    last_outcome: lastOutcome,
  };
}

import { existsSync } from "node:fs";
import type { QueueItemId } from "../core/ids.ts";
import type { RunReport } from "../core/run-report.ts";
import type { Instant } from "../core/time.ts";
import { runFolder } from "../process/run-folder.ts";
import { readTail } from "../process/tail.ts";
import type { Db } from "../store/database.ts";
import { findRunRuntime } from "../store/fx-runs.ts";

/** A moment in the life of a run. */
export interface Milestone {
  readonly what: "started" | "first output" | "quiet" | "verdict" | "ended" | "recorded";
  readonly at: Instant;
}

/** All that `forge runs show` tells about a run. */
export interface RunDetails {
  readonly report: RunReport;
  readonly timeline: readonly Milestone[];
  readonly queueItemIds: readonly QueueItemId[];
  /** Undefined when the file is gone, or another implementation ran it. */
  readonly outputPath: string | undefined;
  /** The end of the output, so far when the run goes on. */
  readonly tail: string;
}

export async function readRunDetails(db: Db, report: RunReport): Promise<RunDetails> {
  const { run } = report;
  const runtime = findRunRuntime(db, run.id);
  const path = runtime?.dir && runFolder(runtime.dir).output;
  const outputPath = path && existsSync(path) ? path : undefined;
  const moments: readonly (readonly [Milestone["what"], Instant | undefined])[] = [
    ["started", runtime?.spawnedAt ?? run.startedAt],
    ["first output", runtime?.firstOutputAt],
    ["quiet", runtime?.lastSignAt],
    ["verdict", report.verdict?.at],
    ["ended", runtime?.exitedAt ?? run.finishedAt],
    ["recorded", runtime?.settledAt],
  ];
  return {
    report,
    timeline: moments.flatMap(([what, at]) => (at === undefined ? [] : [{ what, at }])),
    queueItemIds: runtime?.itemIds ?? [],
    outputPath,
    tail: run.outputTail ?? (outputPath === undefined ? "" : await readTail(outputPath)),
  };
}

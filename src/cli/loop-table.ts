import type { Paint } from "../console/color.ts";
import { SGR } from "../console/color.ts";
import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { shownShortId } from "../core/ids.ts";
import { loopVerbJson } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { LoopSummary } from "../store/loop-summaries.ts";

const HEADER = ["ID", "NAME", "RUNS", "STATE", "WAIT_UNTIL", "PROFILE", "POOL", "QUEUE", "LAST_RUN", "REPO"];

/** The loops as `ps` shows them to people (spec/20 section 7.1). */
export function loopTable(summaries: readonly LoopSummary[], paint: Paint): string {
  const shortIds = summaries.map(({ loop }) => shownShortId(loop.shortId, loop.id));
  const rows = summaries.map(({ loop, runs, pending, profileName, poolName }, index) => [
    paintShortId(shortIds[index] ?? "", shortIds, paint),
    printable(loop.name),
    String(runs),
    loop.state,
    shownTime(waitUntil(loop)),
    printable(profileName ?? ""),
    printable(poolName ?? ""),
    String(pending),
    shownTime(loop.lastRunAt),
    printable(loop.repoPath),
  ]);
  return table(HEADER, rows);
}

/** A loop as `ps --json` prints it (spec/20 section 7.2). */
export function loopSummaryJson({ loop, runs, pending, runtime }: LoopSummary) {
  const { runnerOwner, runnerInstanceId } = readLoopMetadata(loop.metadata);
  return {
    ...loopVerbJson(loop),
    runs,
    pending_queue: pending,
    wait_until: shownTime(waitUntil(loop)) || undefined,
    runner_owner: runnerOwner,
    runner_instance_id: runnerInstanceId,
    wait_kind: runtime?.wait?.kind,
    wait_reason: runtime?.wait?.reason,
  };
}

const waitUntil = ({ state, metadata }: LoopSummary["loop"]): Instant | undefined =>
  state === "waiting" ? readLoopMetadata(metadata).waitUntil : undefined;

const shownTime = (at: Instant | undefined): string => (at === undefined ? "" : formatTime(at));

/** The shortest prefix that no other listed id shares is yellow, the rest cyan: that much has to be typed. */
function paintShortId(id: string, ids: readonly string[], paint: Paint): string {
  let length = 1;
  while (length < id.length && ids.some((other) => other !== id && other.startsWith(id.slice(0, length))))
    length++;
  const rest = id.slice(length);
  return paint(SGR.yellow, id.slice(0, length)) + (rest === "" ? "" : paint(SGR.cyan, rest));
}

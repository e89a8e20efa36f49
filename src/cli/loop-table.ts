import { SGR } from "../console/color.ts";
import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { shownShortId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { whyNotWorking } from "../core/loop-why.ts";
import { quietTime } from "../core/stall-state.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { Invocation } from "./invocation.ts";
import type { CheckedSummary } from "./reconciled-summaries.ts";

const HEADER = ["ID", "NAME", "RUNS", "STATE", "WAIT_UNTIL", "PROFILE", "POOL", "QUEUE", "LAST_RUN", "REPO"];

/** The loops as `ps` shows them to people (spec/20 section 7.1). */
export function loopTable(
  listed: readonly Pick<CheckedSummary, "summary">[],
  { config, out, world }: Pick<Invocation, "config" | "out" | "world">,
): string {
  if (listed.length === 0) return "No loops found\n";
  const backsOff = config.loopDefaults.failureBackoff;
  const summaries = listed.map(({ summary }) => summary);
  const shortId = ({ shortId, id }: Loop) => shownShortId(shortId, id);
  const painted = shortIdPainter(
    summaries.map(({ loop }) => shortId(loop)),
    out,
  );
  const reasons = summaries.map(({ loop, runtime }) =>
    whyNotWorking({
      loop,
      wait: runtime?.wait,
      failures: runtime?.streaks.failures ?? 0,
      backsOff,
      quietFor: quietTime(runtime?.retry, world.now()),
    }),
  );
  const rows = summaries.map(({ loop, runs, pending, profileName, poolName }, row) => [
    painted(shortId(loop)),
    printable(loop.name),
    String(runs),
    loop.state,
    shownTime(waitUntil(loop)),
    printable(profileName ?? ""),
    printable(poolName ?? ""),
    String(pending),
    shownTime(loop.lastRunAt),
    printable(loop.repoPath),
    printable(reasons[row] ?? ""),
  ]);
  // The column is there only when something stands in it.
  return table(reasons.some((reason) => reason !== undefined) ? [...HEADER, "WHY"] : HEADER, rows);
}

export const waitUntil = ({ state, metadata }: Loop): Instant | undefined =>
  state === "waiting" ? readLoopMetadata(metadata).waitUntil : undefined;

const shownTime = (at: Instant | undefined): string => (at === undefined ? "" : formatTime(at));

/** Paints ids for a list: the shortest prefix that no other one shares is yellow, the rest cyan: that much has to be typed. */
function shortIdPainter(ids: readonly string[], { color, paint }: Pick<Output, "color" | "paint">) {
  if (!color) return (id: string) => id;
  const lengths = uniquePrefixLengths(ids);
  return (id: string) => {
    const length = lengths.get(id) ?? id.length;
    const rest = id.slice(length);
    return paint(SGR.yellow, id.slice(0, length)) + (rest === "" ? "" : paint(SGR.cyan, rest));
  };
}

/** How many characters tell each id from all others; in sorted order only the neighbours have to be looked at. */
function uniquePrefixLengths(ids: readonly string[]): Map<string, number> {
  const sorted = [...new Set(ids)].sort();
  return new Map(
    sorted.map((id, at) => {
      const shared = Math.max(sharedPrefix(id, sorted[at - 1]), sharedPrefix(id, sorted[at + 1]));
      return [id, Math.min(shared + 1, id.length)];
    }),
  );
}

function sharedPrefix(id: string, other = ""): number {
  let length = 0;
  while (length < id.length && id[length] === other[length]) length++;
  return length;
}

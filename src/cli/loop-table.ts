import type { Config } from "../config/config.ts";
import { SGR } from "../console/color.ts";
import type { Output } from "../console/output.ts";
import { printableRows } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { quietFor, whyNotWorking } from "../core/loop-why.ts";
import type { LoopFilter } from "../core/selector.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "../store/database.ts";
import { type ListedLoop, listForTable } from "../store/listed-loops.ts";
import type { RecoveringInvocation } from "./crash-recovery.ts";
import type { Invocation } from "./invocation.ts";
import { listReconciled } from "./reconciled-list.ts";

const HEADER = ["ID", "NAME", "RUNS", "STATE", "WAIT_UNTIL", "PROFILE", "POOL", "QUEUE", "LAST_RUN", "REPO"];

/** The loops that the filter leaves, for `loopTable`; their runners have been looked after. */
export const listLines = async (
  invocation: RecoveringInvocation,
  db: Db,
  filter: LoopFilter,
): Promise<readonly ListedLoop[]> =>
  (await listReconciled(invocation, db, filter, { list: listForTable, loopOf: (loop) => loop })).entries;

/** The loops as `ps` shows them to people (spec/20 section 7.1). */
export function loopTable(
  loops: readonly ListedLoop[],
  { config, out, world }: Pick<Invocation, "config" | "out" | "world">,
): string {
  if (loops.length === 0) return "No loops found\n";
  const now = world.now();
  const reasons = loops.map((loop) => whyOf(loop, config, now));
  const rows = loops.map((loop, row) => [
    loop.shortId,
    loop.name,
    loop.runs,
    loop.state,
    loop.waitUntil,
    loop.profile,
    loop.pool,
    loop.pending,
    loop.lastRun,
    loop.repoPath,
    reasons[row] ?? "",
  ]);
  // The column is there only when something stands in it.
  const header = reasons.some((reason) => reason !== undefined) ? [...HEADER, "WHY"] : HEADER;
  return table(header, withPaintedIds(printableRows(rows), out));
}

function whyOf(loop: ListedLoop, { loopDefaults }: Pick<Config, "loopDefaults">, now: Instant) {
  const { state, waitKind, failures } = loop;
  return whyNotWorking({
    loop: { state, lastError: loop.lastError || undefined },
    wait: waitKind === "" ? undefined : { kind: waitKind, reason: loop.waitReason || undefined },
    failures,
    backsOff: loopDefaults.failureBackoff,
    quietFor: quietFor(loop.quietSince ?? undefined, now),
  });
}

/** Paints the ids of a list: the shortest prefix that no other one shares is yellow, the rest cyan: that much has to be typed. */
function withPaintedIds(
  rows: readonly (readonly string[])[],
  { color, paint }: Pick<Output, "color" | "paint">,
) {
  if (!color) return rows;
  const lengths = uniquePrefixLengths(rows.map(([id = ""]) => id));
  return rows.map(([id = "", ...others]) => {
    const length = lengths.get(id) ?? id.length;
    const rest = id.slice(length);
    return [paint(SGR.yellow, id.slice(0, length)) + (rest === "" ? "" : paint(SGR.cyan, rest)), ...others];
  });
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

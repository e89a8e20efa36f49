import type { Milliseconds } from "../core/duration.ts";
import { isAlive, type ProcessIdentity } from "./identity.ts";
import { type ProcessUsage, processTable } from "./process-table.ts";

/** The last look at all processes: runs that are asked about at one time share it. */
let last: { readonly at: Milliseconds; readonly usage: readonly ProcessUsage[] } | undefined;

/**
 * CPU time that the process tree of a run has used: the session of its wrapper and all descendants of that, which agent
 * CLIs like to put into sessions of their own. It may be so much older than now. Undefined when the wrapper is gone.
 */
export function cpuTimeOf(leader: ProcessIdentity, maxAge: Milliseconds = 0): Milliseconds | undefined {
  if (!isAlive(leader)) return undefined;
  return familyOf(leader.pid, usageOfAll(maxAge)).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

function usageOfAll(maxAge: Milliseconds): readonly ProcessUsage[] {
  const now = performance.now();
  if (last === undefined || now - last.at > maxAge) last = { at: now, usage: processTable.usage() };
  return last.usage;
}

function familyOf(leader: number, all: readonly ProcessUsage[]): ProcessUsage[] {
  const children = Map.groupBy(all, ({ parent }) => parent);
  const family = new Map(
    all.filter(({ session, pid }) => session === leader || pid === leader).map((entry) => [entry.pid, entry]),
  );
  // A map is walked over what is added on the way, too.
  for (const pid of family.keys()) {
    for (const child of children.get(pid) ?? []) family.set(child.pid, child);
  }
  return [...family.values()];
}

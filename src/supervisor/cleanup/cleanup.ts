/**
 * Care for what Forge keeps (spec/30 section 21): what is beyond the configured limits goes. Never touched: a run in progress
 * and its files, queue items that wait, ledgers, memory and work.
 */
import { cleanUpEvents } from "./events.ts";
import { cleanUpLogs } from "./logs.ts";
import { cleanUpOrphans } from "./orphans.ts";
import { cleanUpPrompts } from "./prompts.ts";
import { cleanUpQueues } from "./queue.ts";
import type { CleanupContext, Removal } from "./removal.ts";
import { cleanUpRuns } from "./runs.ts";

export const CLEANUP_KINDS = ["logs", "runs", "events", "prompts", "queue", "orphans"] as const;
export type CleanupKind = (typeof CLEANUP_KINDS)[number];

/** Kinds that belong to no loop: they are not looked at where one loop is meant. */
const OF_ALL_LOOPS: readonly CleanupKind[] = ["events", "orphans"];

const CLEANERS: Record<CleanupKind, (context: CleanupContext) => Promise<Removal>> = {
  logs: cleanUpLogs,
  runs: cleanUpRuns,
  events: cleanUpEvents,
  prompts: cleanUpPrompts,
  queue: cleanUpQueues,
  orphans: cleanUpOrphans,
};

export interface KindRemoval extends Removal {
  readonly what: string;
}

/** Applies the rules of some kinds. Those that had nothing to remove are left out of the answer. */
export async function cleanUp(
  context: CleanupContext,
  { kinds, isOneLoop }: { readonly kinds: readonly CleanupKind[]; readonly isOneLoop: boolean },
): Promise<KindRemoval[]> {
  const removals: KindRemoval[] = [];
  for (const what of CLEANUP_KINDS) {
    if (!kinds.includes(what) || (isOneLoop && OF_ALL_LOOPS.includes(what))) continue;
    const removal = await CLEANERS[what](context);
    if (removal.removed > 0) removals.push({ what, ...removal });
  }
  return removals;
}

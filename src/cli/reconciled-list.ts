import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { isActive } from "../core/loop-state.ts";
import type { RunnerVerdict } from "../core/runner-verdict.ts";
import type { LoopFilter } from "../core/selector.ts";
import type { Db } from "../store/database.ts";
import { type RecoveringInvocation, recoverFromCrash } from "./crash-recovery.ts";

/** How loops are read, in whatever form a listing needs them. */
export interface Listing<Entry> {
  list(db: Db, filter?: LoopFilter): readonly Entry[];
  loopOf(entry: Entry): Pick<Loop, "id" | "state">;
}

export interface ReconciledList<Entry> {
  readonly entries: readonly Entry[];
  /** Of the loops that were not at rest. */
  readonly verdicts: ReadonlyMap<LoopId, RunnerVerdict>;
}

/**
 * Lists the loops that the filter leaves; crashed ones go on, and those whose runner is dead are written down as stopped,
 * and listed so. What that takes is loaded only where some loop may be without a runner.
 */
export async function listReconciled<Entry>(
  invocation: RecoveringInvocation,
  db: Db,
  filter: LoopFilter,
  { list, loopOf }: Listing<Entry>,
): Promise<ReconciledList<Entry>> {
  const entries = list(db, filter);
  const recovered = await recoverFromCrash(invocation, db);
  const active = entries.map(loopOf).filter(isActive);
  const verdicts = new Map<LoopId, RunnerVerdict>(active.map(({ id }) => [id, "live"]));
  const doubtful = active.filter(({ id }) => !recovered.has(id));
  if (doubtful.length === 0) return { entries, verdicts };

  const { checkDoubtful } = await import("./doubtful-runners.ts");
  let isChanged = false;
  for (const { id } of doubtful) {
    const checked = checkDoubtful(invocation, db, id, recovered);
    verdicts.set(id, checked?.verdict ?? "none");
    isChanged ||= checked?.isChanged === true;
  }
  if (!isChanged) return { entries, verdicts };
  // Without the filter: what was selected by its state is listed also when it has just been found stopped.
  const fresh = new Map(list(db).map((entry) => [loopOf(entry).id, entry]));
  return { entries: entries.map((entry) => fresh.get(loopOf(entry).id) ?? entry), verdicts };
}

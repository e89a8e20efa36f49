import { ForgeError } from "./errors.ts";
import type { PoolId, ProfileId } from "./ids.ts";
import type { Loop } from "./loop.ts";
import { type ReferableLoop, resolveLoop } from "./loop-reference.ts";

/** Conditions on loops, all of which must hold (spec/20 section 5.2). An absent or empty one holds for every loop. */
export interface LoopFilter {
  /** Absolute; compared as text. */
  repoPath?: string | undefined;
  poolId?: PoolId | undefined;
  profileId?: ProfileId | undefined;
  /** As stored; a state that does not exist matches nothing. */
  state?: string | undefined;
  tag?: string | undefined;
}

/** Which loops a command is about: one by reference, those that pass the filter, or all. */
export interface LoopSelection {
  filter: LoopFilter;
  /** Empty text counts as none. */
  reference?: string | undefined;
  /** Adds nothing to a filter. */
  all?: boolean | undefined;
}

type FilteredLoop = Pick<Loop, "repoPath" | "poolId" | "profileId" | "state" | "tags">;

/** Whether the filter holds any condition at all. */
export const hasCondition = (filter: LoopFilter): boolean => Object.values(filter).some(Boolean);

export const filterLoops = <L extends FilteredLoop>(loops: readonly L[], filter: LoopFilter): L[] =>
  loops.filter(
    (loop) =>
      (!filter.repoPath || loop.repoPath === filter.repoPath) &&
      (!filter.poolId || loop.poolId === filter.poolId) &&
      (!filter.profileId || loop.profileId === filter.profileId) &&
      (!filter.state || loop.state === filter.state) &&
      (!filter.tag || loop.tags.includes(filter.tag)),
  );

/**
 * The loops that a selection means, in the order given; a reference is looked for among those that pass the filter.
 * Throws `specify a loop or selector`, `no loops matched`, and what `resolveLoop` throws.
 */
export function selectLoops<L extends FilteredLoop & ReferableLoop>(
  loops: readonly L[],
  { filter, reference, all }: LoopSelection,
): L[] {
  if (!reference && !all && !hasCondition(filter)) {
    throw new ForgeError("unknown", "specify a loop or selector");
  }
  const selected = filterLoops(loops, filter);
  if (reference) return [resolveLoop(reference, selected, loops)];
  if (selected.length === 0) throw new ForgeError("unknown", "no loops matched");
  return selected;
}

import { resolve } from "node:path";
import type { Loop } from "../core/loop.ts";
import type { LoopFilter } from "../core/selector.ts";
import type { World } from "../core/world.ts";
import type { Db } from "../store/database.ts";
import { resolvePool } from "../store/pools.ts";
import { resolveProfile } from "../store/profiles.ts";
import { findSelectedLoops } from "../store/selected-loops.ts";

/** The selector flags of a verb, as typed; a verb need not have all of them (spec/20 section 5.2). */
export interface SelectorFlags {
  readonly repo?: string | undefined;
  readonly pool?: string | undefined;
  readonly profile?: string | undefined;
  readonly state?: string | undefined;
  readonly tag?: string | undefined;
}

/** The selector flags of a verb that can also be told to take every loop. */
export interface WideSelectorFlags extends SelectorFlags {
  readonly all: boolean;
}

/** The flags as conditions on loops. Throws `pool not found: <ref>` and `profile not found: <ref>`. */
export const filterFrom = (db: Db, flags: SelectorFlags, world: World): LoopFilter => ({
  repoPath: flags.repo ? resolve(world.cwd, flags.repo) : undefined,
  poolId: flags.pool ? resolvePool(db, flags.pool).id : undefined,
  profileId: flags.profile ? resolveProfile(db, flags.profile).id : undefined,
  state: flags.state || undefined,
  tag: flags.tag || undefined,
});

/** Whether loops are chosen by anything but a reference. */
export const usesSelector = ({ all, repo, pool, profile, state, tag }: WideSelectorFlags): boolean =>
  all || [repo, pool, profile, state, tag].some(Boolean);

/**
 * The loops that a command line means, oldest first: the one that is named, among those that pass the flags. Throws
 * `specify a loop or selector`, `no loops matched`, and what a reference or a flag that means nothing throws.
 */
export const loopsMeant = (
  db: Db,
  reference: string | undefined,
  flags: WideSelectorFlags,
  world: World,
): Loop[] => findSelectedLoops(db, { reference, filter: filterFrom(db, flags, world), all: flags.all });

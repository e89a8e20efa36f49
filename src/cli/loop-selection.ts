import { resolve } from "node:path";
import type { LoopFilter } from "../core/selector.ts";
import type { World } from "../core/world.ts";
import type { Db } from "../store/database.ts";
import { resolvePool } from "../store/pools.ts";
import { resolveProfile } from "../store/profiles.ts";

/** The selector flags of a verb, as typed; a verb need not have all of them (spec/20 section 5.2). */
export interface SelectorFlags {
  readonly repo?: string | undefined;
  readonly pool?: string | undefined;
  readonly profile?: string | undefined;
  readonly state?: string | undefined;
  readonly tag?: string | undefined;
}

/** The flags as conditions on loops. Throws `pool not found: <ref>` and `profile not found: <ref>`. */
export const filterFrom = (db: Db, flags: SelectorFlags, world: World): LoopFilter => ({
  repoPath: flags.repo ? resolve(world.cwd, flags.repo) : undefined,
  poolId: flags.pool ? resolvePool(db, flags.pool).id : undefined,
  profileId: flags.profile ? resolveProfile(db, flags.profile).id : undefined,
  state: flags.state || undefined,
  tag: flags.tag || undefined,
});

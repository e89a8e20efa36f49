import { printable } from "../console/printable.ts";
import type { Loop } from "../core/loop.ts";
import type { Profile } from "../core/profile.ts";
import { flagThatAsksNobody } from "../harness/approvals.ts";
import { poolOf } from "../runner/profile-selection.ts";
import type { Db } from "../store/database.ts";
import { rememberNotice } from "../store/notices.ts";
import { listPoolMembers } from "../store/pool-members.ts";
import { listProfiles } from "../store/profiles.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Says, once in the life of a data directory, that the agents of these loops ask nobody: the usual templates switch their
 * approvals off, or a loop would wait for an answer that nobody gives.
 */
export function tellThatAgentsAskNobody(invocation: Invocation, db: Db, loop: Loop): void {
  const { out, world } = invocation;
  const unattended = profilesOf(invocation, db, loop).flatMap((profile) => {
    const flag = flagThatAsksNobody([profile.commandTemplate, ...profile.extraArgs].join(" "));
    return flag === undefined ? [] : [`${printable(profile.name)} (${flag})`];
  });
  if (unattended.length === 0 || !rememberNotice(db, "agents ask nobody", world.now())) return;
  out.note(`note: agents ask nobody before they change files and run commands: ${unattended.join(", ")}`);
  out.note("  Run them where that is safe: a container or a user of its own. See docs/profiles.md");
}

/** The profiles that a loop may be run by. */
function profilesOf({ config }: Invocation, db: Db, loop: Loop): readonly Profile[] {
  const profiles = listProfiles(db);
  if (loop.profileId) return profiles.filter(({ id }) => id === loop.profileId);
  const pool = poolOf(db, config, loop);
  if (pool === undefined) return profiles;
  const members = new Set(listPoolMembers(db, pool.id).map(({ profileId }) => profileId));
  return profiles.filter(({ id }) => members.has(id));
}

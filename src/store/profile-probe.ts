import type { LoopId, ProfileId, RunId } from "../core/ids.ts";
import type { Profile } from "../core/profile.ts";
import { profileFreed } from "../core/profile-events.ts";
import type { LoopRun } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import { findStanding, patchStanding } from "./profile-standings.ts";
import { setProfileCooldown } from "./profiles.ts";

/**
 * The first run after a cooldown tells that it is over. After a limit it is a probe when other loops wait for the profile:
 * they start when it has shown that the limit is over (spec/15 section 4.2). Part of the claim of the run.
 */
export function noteStart(db: Db, profile: Profile, run: LoopRun, now: Instant): void {
  const { cooldown, probeRunId } = findStanding(db, profile.id);
  if (cooldown === undefined) {
    if (probeRunId !== undefined) patchStanding(db, profile.id, { probeRunId: null }, now);
    return;
  }
  const isAfterLimit = cooldown.source === "reported" || cooldown.source === "default";
  const isProbe = isAfterLimit && hasOtherWaiters(db, profile.id, run.loopId);
  // Where the clock has been set back, the shared row still says that it cools down.
  if ((profile.cooldownUntil ?? 0) > now) setProfileCooldown(db, profile.id, null);
  patchStanding(db, profile.id, { cooldown: null, probeRunId: isProbe ? run.id : null }, now);
  for (const event of profileFreed(profile, { wasCooling: true })) appendEvent(db, event, now);
}

/** Whether a run tries for others whether a limit is over. */
export const isProbe = (db: Db, runId: RunId): boolean =>
  db.query("SELECT 1 FROM fx_profiles WHERE probe_run_id = ?").get(runId) !== null;

/** The probe has shown that the limit is over. */
export function endProbe(db: Db, runId: RunId): void {
  db.query("UPDATE fx_profiles SET probe_run_id = NULL WHERE probe_run_id = ?").run(runId);
}

/** Whether another loop than this one waits that could run on the profile. */
const hasOtherWaiters = (db: Db, profileId: ProfileId, loopId: LoopId): boolean =>
  db
    .query<unknown, { profileId: string; loopId: string }>(
      `SELECT 1 FROM fx_loops JOIN loops ON loops.id = loop_id
       WHERE state = 'waiting' AND wait_kind = 'profile' AND loop_id <> $loopId
         AND (profile_id = $profileId OR profile_id IS NULL
           AND (pool_id IS NULL OR pool_id IN (SELECT pool_id FROM pool_members WHERE profile_id = $profileId)))
       LIMIT 1`,
    )
    .get({ profileId, loopId }) !== null;

import type { FleetLoop, NodeHealth } from "../core/fleet-status.ts";
import type { LoopId, ProfileId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { isActive } from "../core/loop-state.ts";
import type { RunnerVerdict } from "../core/runner-verdict.ts";
import type { Instant } from "../core/time.ts";
import type { World } from "../core/world.ts";
import type { Db } from "../store/database.ts";
import { listLoopSummaries } from "../store/loop-summaries.ts";
import { listProfiles } from "../store/profiles.ts";
import type { RecoveringInvocation } from "./crash-recovery.ts";
import { isHosted } from "./poke.ts";
import { checkRunner } from "./runner-check.ts";

/** All loops with what the summary says of them. Writes nothing; `recovered` are loops that are known to have a runner. */
export function readFleet(
  invocation: Pick<RecoveringInvocation, "config" | "world">,
  db: Db,
  recovered: ReadonlySet<LoopId>,
): FleetLoop[] {
  const cooling = coolingProfiles(db, invocation.world);
  return listLoopSummaries(db).map(({ loop, pending, runtime }) => {
    const verdict = isActive(loop) ? checkRunner(invocation, db, loop, recovered, runtime).verdict : "none";
    return {
      loop,
      pending,
      health: healthOf(loop, verdict),
      hasLostSupervisor: verdict === "stale" && isHosted(loop),
      isCooling: isCooling(loop, runtime?.wait?.until, cooling),
      wait: runtime?.wait,
    };
  });
}

/** When the profiles that cool down are free again. */
const coolingProfiles = (db: Db, world: World): Map<ProfileId, Instant> =>
  new Map(
    listProfiles(db).flatMap(({ id, cooldownUntil = 0 }) =>
      cooldownUntil > world.now() ? [[id, cooldownUntil]] : [],
    ),
  );

/** A loop with a pool waits for the end of a cooldown when its runner has chosen that moment to look again. */
function isCooling(
  { profileId, state }: Loop,
  waitUntil: Instant | undefined,
  cooling: ReadonlyMap<ProfileId, Instant>,
): boolean {
  if (profileId !== undefined) return cooling.has(profileId);
  return state === "waiting" && waitUntil !== undefined && [...cooling.values()].includes(waitUntil);
}

/** What is seen now counts before what was once written down. */
function healthOf({ metadata }: Loop, verdict: RunnerVerdict): NodeHealth {
  switch (verdict) {
    case "live":
      return "online";
    case "stale":
    case "orphaned":
      return "offline";
    case "unknown":
      return "unknown";
    case "none":
      return recordedHealth(metadata);
    default:
      return verdict satisfies never;
  }
}

function recordedHealth(metadata: Loop["metadata"]): NodeHealth {
  const { runnerLiveness } = readLoopMetadata(metadata);
  if (runnerLiveness === undefined) return "unknown";
  return runnerLiveness.pidAlive || runnerLiveness.daemonRunnerAlive ? "online" : "offline";
}

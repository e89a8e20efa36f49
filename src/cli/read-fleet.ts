import type { FleetLoop, NodeHealth } from "../core/fleet-status.ts";
import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { isActive, type RunnerVerdict } from "../core/runner-verdict.ts";
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
      isCooling: loop.profileId !== undefined && cooling.has(loop.profileId),
      wait: runtime?.wait,
    };
  });
}

const coolingProfiles = (db: Db, world: World) =>
  new Set(
    listProfiles(db)
      .filter(({ cooldownUntil = 0 }) => cooldownUntil > world.now())
      .map(({ id }) => id),
  );

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

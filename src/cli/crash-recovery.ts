import { runnerLockPath, supervisorLockPath } from "../config/paths.ts";
import type { LoopId } from "../core/ids.ts";
import type { Db } from "../store/database.ts";
import { listWantedRunners } from "../store/wanted-runners.ts";
import type { Invocation } from "./invocation.ts";

export type RecoveringInvocation = Pick<Invocation, "config" | "world" | "out" | "global">;

/**
 * Makes loops go on whose runner has crashed (spec/10 section 15.1), and returns the loops that have a runner or will have
 * one in a moment. Where nothing is to run it costs one query; where all
 * runners live a few system calls more.
 */
export async function recoverFromCrash(
  invocation: RecoveringInvocation,
  db: Db,
): Promise<ReadonlySet<LoopId>> {
  const { config } = invocation;
  const wanted = listWantedRunners(db);
  if (wanted.length === 0) return new Set();
  const { isHeld } = await import("../process/file-lock.ts");
  const hasSupervisor = wanted.some(({ owner }) => owner === "daemon") && isHeld(supervisorLockPath(config));
  const allLive = wanted.every(({ loopId, owner }) =>
    owner === "daemon" ? hasSupervisor : isHeld(runnerLockPath(config, loopId)),
  );
  if (allLive) return new Set(wanted.map(({ loopId }) => loopId));
  const { recoverRunners } = await import("./recover-runners.ts");
  return recoverRunners(invocation, db);
}

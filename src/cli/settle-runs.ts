import { runnerLockPath } from "../config/paths.ts";
import type { Loop } from "../core/loop.ts";
import { isLocked } from "../process/file-lock.ts";
import { faultPointsFrom } from "../runner/fault-points.ts";
import { runLoop } from "../runner/runner.ts";
import { WakeUps } from "../runner/wake-ups.ts";
import type { Db } from "../store/database.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Gives the runs of a loop that has no runner what is due to them, as its next runner would, and leaves the loop stopped:
 * an order to kill in its queue ends a harness that still lives. False when the loop has a runner after all.
 */
export async function settleRuns(
  { config, world }: Pick<Invocation, "config" | "world">,
  db: Db,
  { id }: Loop,
): Promise<boolean> {
  using wakeUps = new WakeUps(db);
  const deps = {
    db,
    config,
    now: world.now,
    wakeUps,
    owner: "local" as const,
    instanceId: `local-${crypto.randomUUID().replaceAll("-", "")}`,
    // Nothing is started.
    environmentOf: () => ({}),
    faultPoint: faultPointsFrom(world.env),
  };
  try {
    await runLoop(deps, id, { settlesOnly: { state: "stopped", wanted: "stopped" } });
    return true;
  } catch (thrown) {
    if (isLocked(runnerLockPath(config, id))) return false;
    throw thrown;
  }
}

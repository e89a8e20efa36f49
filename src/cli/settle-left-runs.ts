import type { Loop } from "../core/loop.ts";
import { faultPointsFrom } from "../runner/fault-points.ts";
import { runLoop } from "../runner/runner.ts";
import { WakeUps } from "../runner/wake-ups.ts";
import type { Db } from "../store/database.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Gives the runs of a loop that has no runner what is due to them, as its next runner would, and leaves the loop stopped:
 * an order to kill in its queue ends a harness that still lives. Throws `loop "<name>" already has a live runner ...`.
 */
export async function settleLeftRuns(
  { config, world }: Pick<Invocation, "config" | "world">,
  db: Db,
  { id }: Loop,
): Promise<void> {
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
  await runLoop(deps, id, { settlesOnly: { state: "stopped", wanted: "stopped" } });
}

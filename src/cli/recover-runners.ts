import { existsSync } from "node:fs";
import { recoveriesPath, runnerLockPath, supervisorInfoPath, supervisorLogPath } from "../config/paths.ts";
import { toForgeError } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import { isHeld } from "../process/file-lock.ts";
import { currentBootId } from "../process/identity.ts";
import type { Db } from "../store/database.ts";
import { listWantedLoops, type WantedLoop } from "../store/wanted-loops.ts";
import { findSupervisor, isSupervisorAlive } from "../supervisor/client.ts";
import { decide } from "../supervisor/going-on.ts";
import { ensureSupervisor, startsOnDemand } from "../supervisor/launch.ts";
import { MOST_RECOVERIES, spendRecovery } from "../supervisor/recovery-budget.ts";
import { noteLeftBehind, type RunnerCaller, startLocal } from "./start-runner.ts";

/**
 * Makes loops go on whose runner has crashed since this machine started, so that a crash needs no person (spec/10 section
 * 15.1): starts the supervisor, or a loop's own process again, at most 3 times in 10 minutes. Never fails the command that
 * calls it. Returns the loops that have a runner, or will have one in a moment: these are not stale. With nothing to run it
 * costs one query, and it contacts nobody unless a loop needs it.
 */
export async function recoverRunners(caller: RunnerCaller, db: Db): Promise<ReadonlySet<LoopId>> {
  const bootId = currentBootId();
  const wanted = listWantedLoops(db, "running").filter(
    (loop) => decide(loop, { bootId, takesUp: "this boot" }) === "go on",
  );
  const hosted = wanted.filter(({ runtime }) => runtime.owner === "daemon");
  const local = wanted.filter(({ runtime }) => runtime.owner === "local");
  const recovered = [
    ...((await recoverSupervisor(caller, hosted)) ? hosted : []),
    ...local.filter((loop) => recoverLocal(caller, db, loop)),
  ];
  return new Set(recovered.map(({ loop }) => loop.id));
}

/** Whether a supervisor lives that has these loops, or takes them up. */
async function recoverSupervisor(caller: RunnerCaller, hosted: readonly WantedLoop[]): Promise<boolean> {
  if (hosted.length === 0) return false;
  if (isSupervisorAlive(caller) || (await findSupervisor(caller))) return true;
  if (!startsOnDemand(caller)) return false;
  // One that ended cleanly, as at a log-out, takes its file with it and has not crashed.
  const crashed = existsSync(supervisorInfoPath(caller.config));
  if (crashed && !spend(caller, "forged")) return false;
  try {
    const { started, ping } = await ensureSupervisor(caller, { onDemand: true });
    if (started) noteLeftBehind(caller.out, ping.left_behind);
    return true;
  } catch (thrown) {
    caller.out.note(`warning: ${toForgeError(thrown).message}`);
    return false;
  }
}

/** Whether the loop's own process lives, or was started again. */
function recoverLocal(caller: RunnerCaller, db: Db, { loop }: WantedLoop): boolean {
  if (isHeld(runnerLockPath(caller.config, loop.id))) return true;
  if (!spend(caller, loop.id)) return false;
  try {
    startLocal(caller, db, loop);
    return true;
  } catch (thrown) {
    caller.out.note(`warning: ${toForgeError(thrown).message}`);
    return false;
  }
}

function spend(caller: RunnerCaller, name: string): boolean {
  const { config, world, out } = caller;
  const allowed = spendRecovery(recoveriesPath(config), name, world.now());
  if (!allowed && name === "forged")
    out.note(
      `note: forged has ended ${MOST_RECOVERIES} times within 10 minutes; see ${supervisorLogPath(config)}, then: forge daemon start`,
    );
  return allowed;
}

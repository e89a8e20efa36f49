import { optionalTime } from "../core/json.ts";
import type { LoopState } from "../core/loop.ts";
import { formatTime } from "../core/time.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { findLiveRun } from "../store/live-runs.ts";
import { findLoop } from "../store/loops.ts";
import type { HostedRunner } from "./hosted-runner.ts";
import type { HostedLoop, SupervisorStatus } from "./protocol.ts";

/** What is told of a hosted loop; read from its rows, which are the truth. Undefined for a loop that was removed just now. */
export function hostedLoopJson(db: Db, instanceId: string, runner: HostedRunner): HostedLoop | undefined {
  const loop = findLoop(db, runner.loopId);
  if (loop === undefined) return undefined;
  const wait = findLoopRuntime(db, loop.id)?.wait;
  const run = findLiveRun(db, loop.id);
  return {
    loop_id: loop.id,
    name: loop.name,
    instance_id: instanceId,
    state: loop.state,
    run: run && {
      run_id: run.runId,
      pid: run.pid,
      started_at: formatTime(run.startedAt ?? loop.updatedAt),
      profile: run.profileName,
    },
    next_wake_at: optionalTime(runner.wakesAt),
    wait_kind: wait?.kind,
    wait_reason: wait?.reason,
  };
}

/** How many loops there are by what they do, and how many harnesses run. */
export function countHosted(loops: readonly HostedLoop[]): Pick<SupervisorStatus, "loops" | "runs"> {
  const count = (state: LoopState) => loops.filter((loop) => loop.state === state).length;
  return {
    loops: {
      total: loops.length,
      running: count("running"),
      sleeping: count("sleeping"),
      waiting: count("waiting"),
    },
    runs: loops.filter(({ run }) => run !== undefined).length,
  };
}

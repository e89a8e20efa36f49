import type { ActiveRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import { endGrace } from "./end-grace.ts";
import type { RunGuard } from "./run-guards.ts";

/** What watches a run of a loop while it goes on; whoever takes the run up after a crash watches it the same. */
export function guardsOf({ deps, log }: Session, { runId }: ActiveRun): RunGuard[] {
  return [
    endGrace({
      grace: deps.config.loopDefaults.endGrace,
      now: () => performance.now(),
      onEnd: (why) => log.line(`run ${runId} ${why}`),
    }),
  ];
}

import { endProbe, isProbe } from "../../store/profile-probe.ts";
import type { ActiveRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import { endGrace } from "./end-grace.ts";
import { limitProbe } from "./limit-probe.ts";
import type { RunGuard } from "./run-guards.ts";

/** What watches a run of a loop while it goes on; whoever takes the run up after a crash watches it the same. */
export function guardsOf(session: Session, { runId }: ActiveRun): RunGuard[] {
  const { deps, log } = session;
  return [
    limitProbe(async () => {
      if (!isProbe(deps.db, runId)) return;
      await session.transact(() => endProbe(deps.db, runId));
      deps.wakeUps.slotFreed();
    }),
    endGrace({
      grace: deps.config.loopDefaults.endGrace,
      now: () => performance.now(),
      onEnd: (why) => log.line(`run ${runId} ${why}`),
    }),
  ];
}

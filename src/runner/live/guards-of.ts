import { findRunRuntime } from "../../store/fx-runs.ts";
import { endProbe, isProbe } from "../../store/profile-probe.ts";
import { findProfile } from "../../store/profiles.ts";
import type { ActiveRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import { budgetGuard } from "./budget-guard.ts";
import { endGrace } from "./end-grace.ts";
import { limitProbe } from "./limit-probe.ts";
import type { RunGuard } from "./run-guards.ts";

/** What watches a run of a loop while it goes on; whoever takes the run up after a crash watches it the same. */
export function guardsOf(session: Session, { runId, profile }: ActiveRun): RunGuard[] {
  const { deps, log } = session;
  const { profileId, spawnedAt } = findRunRuntime(deps.db, runId) ?? {};
  const model = profileId && findProfile(deps.db, profileId)?.model;
  return [
    budgetGuard(session, {
      runId,
      profile: { harness: profile.harness, id: profileId, model },
      startedAt: spawnedAt ?? session.now(),
    }),
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

import { readRunLimits } from "../../core/run-limits.ts";
import { findLoopRuntime } from "../../store/fx-loops.ts";
import { findRunRuntime } from "../../store/fx-runs.ts";
import { endProbe, isProbe } from "../../store/profile-probe.ts";
import { findProfile } from "../../store/profiles.ts";
import { noteToldQuota } from "../../store/quota.ts";
import type { Session } from "../session.ts";
import { budgetGuard } from "./budget-guard.ts";
import { endGrace } from "./end-grace.ts";
import { limitProbe } from "./limit-probe.ts";
import { quotaWatch } from "./quota-watch.ts";
import type { RunGuard } from "./run-guards.ts";
import { type GuardedRun, stallGuard } from "./signs-of-life.ts";
import { timeLimit } from "./time-limit.ts";

/** What watches a run of a loop while it goes on; whoever takes the run up after a crash watches it the same. */
export function guardsOf(session: Session, guarded: GuardedRun): RunGuard[] {
  const { deps, log, loopId } = session;
  const { loopDefaults } = deps.config;
  const { runId, profile } = guarded.run;
  const { profileId, spawnedAt } = findRunRuntime(deps.db, runId) ?? {};
  const model = profileId && findProfile(deps.db, profileId)?.model;
  const limits = readRunLimits(findLoopRuntime(deps.db, loopId)?.limits);
  const now = () => session.ticks();
  const onEnd = (why: string) => log.line(`run ${runId} ${why}`);
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
    quotaWatch(async (quota) => {
      if (profileId) await session.transact(() => noteToldQuota(deps.db, profileId, quota, session.now()));
    }),
    endGrace({ grace: loopDefaults.endGrace, now, onEnd }),
    timeLimit({
      limit: limits.runTimeout ?? loopDefaults.runTimeout,
      startedAt: guarded.startedAt,
      now,
      onEnd,
    }),
    stallGuard(session, guarded, limits),
  ];
}

import { stopsProfile } from "../core/outcome.ts";
import { formatTime } from "../core/time.ts";
import type { SettledRun } from "./active-run.ts";
import type { Session } from "./session.ts";

/**
 * Whether a run ended at a limit of its profile, which is told in the log: its work is done again at once on another
 * profile, or when one is free (spec/15 section 4.1). What the run itself said is no answer to any rule.
 */
export function hasLimitedProfile(session: Session, run: SettledRun): boolean {
  tellNotice(session, run);
  if (!stopsProfile(run.outcome)) {
    session.tried.clear();
    return false;
  }
  if (run.row.profileId) session.tried.add(run.row.profileId);
  return true;
}

function tellNotice({ deps, log }: Session, { runId, profile, loop, outcome, notice }: SettledRun): void {
  switch (notice?.kind) {
    case undefined:
      return;
    case "parked":
      return log.line(`profile ${profile.name} parked: ${notice.reason}`);
    case "cooled": {
      const failsOver = stopsProfile(outcome) && deps.config.limits.failover && loop.profileId === undefined;
      const next = failsOver ? "; trying next profile" : "";
      const until = formatTime(notice.until);
      return log.line(`run ${runId} ${outcome} (profile=${profile.name}, until=${until})${next}`);
    }
    default:
      return notice satisfies never;
  }
}

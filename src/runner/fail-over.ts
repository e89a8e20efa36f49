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
  if (notice?.kind === "parked") log.line(`profile ${profile.name} parked: ${notice.reason}`);
  if (notice?.kind !== "cooled") return;
  const failsOver = stopsProfile(outcome) && deps.config.limits.failover && loop.profileId === undefined;
  const next = failsOver ? "; trying next profile" : "";
  const until = formatTime(notice.until);
  log.line(`run ${runId} ${outcome} (profile=${profile.name}, until=${until})${next}`);
}

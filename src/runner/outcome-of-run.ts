import type { ProfileId } from "../core/ids.ts";
import type { ToldOutcome } from "../core/outcome.ts";
import type { Instant } from "../core/time.ts";
import { adapterFor } from "../harness/adapters/adapters.ts";
import type { OwnAction } from "../harness/outcome/decide-outcome.ts";
import { describeRun } from "../harness/outcome/describe-run.ts";
import type { RunSigns } from "../harness/run-signs.ts";
import type { Db } from "../store/database.ts";
import { findRunRuntime } from "../store/fx-runs.ts";
import { findProfile } from "../store/profiles.ts";
import type { ActiveRun } from "./active-run.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { Session } from "./session.ts";

/** The variable of a profile by which its program tells a limit with its exit code (spec/15 section 2.2). */
const RATE_LIMITED_EXIT = "FORGE_EXIT_RATE_LIMITED";

export interface RunTraces {
  /** Set when we ended the run. */
  readonly ownAction: OwnAction | undefined;
  /** Of its output. */
  readonly signs: RunSigns;
  readonly endedAt: Instant | undefined;
  /** Undefined when it is not known. */
  readonly isWorkUnchanged: boolean | undefined;
}

/** What became of a run, from its output, its end, and what we did to it. */
export function outcomeOfRun(
  { deps }: Pick<Session, "deps">,
  { runId, profile }: ActiveRun,
  { processEnd }: RunOutcome,
  { ownAction, signs, endedAt, isWorkUnchanged }: RunTraces,
): ToldOutcome {
  const profileId = findRunRuntime(deps.db, runId)?.profileId;
  return describeRun({
    adapter: adapterFor(profile.harness),
    signs,
    end: processEnd,
    ownAction,
    // What a run says of times to come, it says from there.
    now: endedAt ?? deps.now(),
    hostZone: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    profileId: profileId ?? "",
    isWorkUnchanged,
    rateLimitedExit: signs.recognised === 0 ? rateLimitedExit(deps.db, profileId) : undefined,
  });
}

function rateLimitedExit(db: Db, profileId: ProfileId | undefined): number | undefined {
  const env = profileId === undefined ? undefined : findProfile(db, profileId)?.env;
  const code = Number.parseInt(env?.[RATE_LIMITED_EXIT] ?? "", 10);
  return Number.isNaN(code) ? undefined : code;
}

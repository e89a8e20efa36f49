import type { Loop } from "../core/loop.ts";
import { stopsProfile, type ToldOutcome } from "../core/outcome.ts";
import type { LoopRun } from "../core/run.ts";
import type { StalledRun } from "../core/stall-state.ts";
import type { Instant } from "../core/time.ts";

import { adapterFor } from "../harness/adapters/adapters.ts";
import { canResume } from "../harness/launch.ts";
import { isSessionKept } from "../harness/resume.ts";

import { coolProfile, type LimitNotice } from "../store/profile-limits.ts";
import { findProfile } from "../store/profiles.ts";
import { changeStallState, stallStateOf } from "../store/stall-states.ts";
import type { ActiveRun } from "./active-run.ts";
import { type ChosenProfile, selectProfile } from "./profile-selection.ts";
import type { ResolvedPrompt } from "./prompt-source.ts";
import type { QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";

/** What an agent is told whose session is taken up again. */
const GO_ON = "Continue where you stopped.";

/** The run that is to be tried again now; an operator's own prompt goes first and ends the matter. */
export function dueRetry({ deps, loopId }: Session, plan?: QueuePlan): StalledRun | undefined {
  if (plan?.override) return undefined;
  const { stalled } = stallStateOf(deps.db, loopId);
  return stalled?.retriedBy === undefined ? stalled : undefined;
}

/** The profile of the stalled run, where the loop may still use it and it is free. */
export function profileOfRetry(
  { deps, tried }: Pick<Session, "deps" | "tried">,
  loop: Loop,
  { profileId }: StalledRun,
): ChosenProfile | undefined {
  if (profileId === undefined || findProfile(deps.db, profileId) === undefined) return undefined;
  const selection = selectProfile({ ...deps, now: deps.now(), tried, only: profileId }, loop);
  return selection.profile === undefined ? undefined : selection;
}

/** The prompt of a retry that goes on with its session; undefined when the work begins anew. */
export const promptOfRetry = (
  { profileId, sessionId }: StalledRun,
  { profile }: ChosenProfile,
): ResolvedPrompt | undefined =>
  profile.id === profileId && canResume(profile, sessionId)
    ? { source: "base", text: GO_ON, sessionId }
    : undefined;

/** How long a profile rests whose run stalled twice. */
const REST_MS = 10 * 60_000;

/**
 * What a run that has ended means for the retry of a stalled one: the first stall is tried again, the second in a row has
 * the profile rest. Part of the settlement of the run.
 */
export function settleRetry(
  { deps, epoch }: Session,
  { runId, kind, profile: { harness } }: ActiveRun,
  { outcome, reason, sessionId, tokens }: ToldOutcome,
  { loop, run, now }: { readonly loop: Loop; readonly run: LoopRun; readonly now: Instant },
): LimitNotice | undefined {
  const { db } = deps;
  const { profileId } = run;
  const { stalled } = stallStateOf(db, loop.id);
  const isRetry = stalled?.retriedBy === runId;
  const change = (next: StalledRun | undefined) =>
    changeStallState(db, loop.id, { stalled: next, quietSince: undefined }, { now, epoch });
  if (outcome === "stalled" && kind === "main" && !isRetry) {
    const isKept = isSessionKept(adapterFor(harness), tokens !== undefined);
    change({ runId, sessionId: isKept ? sessionId : undefined, profileId });
    return undefined;
  }
  // What its profile could not do, and what nobody has seen the end of, is done again.
  const isDueAgain = isRetry && (stopsProfile(outcome) || (outcome === "killed" && reason === "lost"));
  change(isDueAgain ? { ...stalled, retriedBy: undefined } : undefined);
  const resting = profileId && findProfile(db, profileId);
  if (outcome !== "stalled" || !isRetry || !resting) return undefined;
  const cooldown = { until: now + REST_MS, source: "transient", reason: "stalled" } as const;
  coolProfile(db, resting, cooldown, now, { runId, loopId: loop.id, loopName: loop.name });
  return { kind: "cooled", until: findProfile(db, resting.id)?.cooldownUntil ?? cooldown.until };
}

import type { LoopId, ProfileId, QueueItemId, RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { runStarted } from "../core/loop-events.ts";
import { type Profile, shownHarness } from "../core/profile.ts";
import type { Availability } from "../core/profile-availability.ts";
import type { LoopRun, PromptSource, RunKind } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import { closedBudget, reserve } from "./budget-gate.ts";
import type { Db } from "./database.ts";
import { holdsEpoch } from "./fx-loops.ts";
import { insertRunRuntime } from "./fx-runs.ts";
import { createRun } from "./loop-runs.ts";
import { patchLoop } from "./loop-updates.ts";
import { findLoop } from "./loops.ts";
import { type ChosenMember, noteChoice } from "./pool-turns.ts";
import { noteStart } from "./profile-probe.ts";
import { profileAvailability } from "./profile-standings.ts";
import { findProfile } from "./profiles.ts";
import { insertRunMail, type RunMail } from "./run-mail.ts";
import { inTransaction } from "./transaction.ts";
import type { BudgetRules } from "./usual-use.ts";

/** A run that a runner is about to start. */
export interface RunClaim {
  runId: RunId;
  loopId: LoopId;
  profileId: ProfileId;
  kind: RunKind;
  promptSource: PromptSource;
  /** The source file of the prompt, if it has one. */
  promptPath?: string | undefined;
  /** The queue items that the run will consume. */
  itemIds: readonly QueueItemId[];
  /** The run's folder. */
  dir: string;
  instanceId: string;
  epoch: number;
  bootId: string;
  /** The agent mail in its prompt. */
  mail?: RunMail | undefined;
  /** The member that was chosen from a pool, remembered for the next choice. */
  member?: ChosenMember | undefined;
  budgets: BudgetRules;
}

export type ClaimResult =
  | { claimed: true; run: LoopRun; loop: Loop }
  /** `gone`: the loop was removed; `superseded`: another runner has it; `budget`: one is reached; else the profile is not free. */
  | {
      claimed: false;
      reason: "gone" | "superseded" | "no_profile" | "budget" | Exclude<Availability["kind"], "free">;
    };

/**
 * Takes a slot of a profile and starts a run in the database, or says why not: in one transaction the profile and the
 * budgets are looked at again, what the run will probably use is set aside, the run becomes `running` (phase `claimed`),
 * the loop too, and the pool moves on. So two loops never share the last slot, nor the rest of a budget. Tells `run.started`.
 */
export function claimRun(db: Db, claim: RunClaim, now: Instant): ClaimResult {
  return inTransaction(db, () => {
    const loop = findLoop(db, claim.loopId);
    if (!loop) return { claimed: false, reason: "gone" };
    if (!holdsEpoch(db, claim.loopId, claim.epoch)) return { claimed: false, reason: "superseded" };
    const profile = findProfile(db, claim.profileId);
    if (!profile) return { claimed: false, reason: "no_profile" };
    const availability = profileAvailability(db, profile, now);
    if (availability.kind !== "free") return { claimed: false, reason: availability.kind };
    const { repoPath } = loop;
    const budgeted = { loopId: loop.id, profileId: profile.id, poolId: claim.member?.poolId, repoPath };
    if (closedBudget(db, budgeted, now, claim.budgets)) return { claimed: false, reason: "budget" };
    const started = startRun(db, loop, profile, claim, now);
    reserve(db, claim.runId, budgeted, now, claim.budgets);
    return started;
  });
}

function startRun(db: Db, loop: Loop, profile: Profile, claim: RunClaim, now: Instant): ClaimResult {
  const harness = shownHarness(profile.harness);
  const run = createRun(
    db,
    {
      id: claim.runId,
      loopId: claim.loopId,
      profileId: profile.id,
      promptSource: claim.promptSource,
      promptPath: claim.promptPath,
      promptOverride: claim.promptSource !== "base",
      metadata: { kind: claim.kind },
    },
    now,
  );
  insertRunRuntime(db, {
    ...claim,
    itemIds: [...claim.itemIds],
    profileName: profile.name,
    harness,
  });
  if (claim.mail) insertRunMail(db, claim, claim.mail);
  noteStart(db, profile, run, now);
  if (claim.member) noteChoice(db, claim.member, now);
  const started = patchLoop(db, loop.id, { state: "running" }, now, {
    tell: () => runStarted(loop, run, { profile: profile.name, harness }),
  });
  return { claimed: true, run, loop: started ?? loop };
}

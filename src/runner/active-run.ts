import type { ToldVerdict } from "../core/agent-verdict.ts";
import type { QueueItemId, RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { type Outcome, stopsProfile } from "../core/outcome.ts";
import type { Profile } from "../core/profile.ts";
import type { LoopRun, RunKind } from "../core/run.ts";
import type { Instant } from "../core/time.ts";
import type { RunSigns } from "../harness/run-signs.ts";
import type { ExitStatus } from "../process/exit-status.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import type { RunFolder } from "../process/run-folder.ts";
import type { RunEndReason } from "../store/fx-runs.ts";
import type { LimitNotice } from "../store/profile-limits.ts";

/** A run that has its row in the database and is not settled yet. */
export interface ActiveRun {
  readonly runId: RunId;
  readonly kind: RunKind;
  readonly profile: Pick<Profile, "name" | "harness" | "authKind">;
  readonly folder: RunFolder;
  /** Queue items whose content the agent is given. */
  readonly itemIds: readonly QueueItemId[];
}

/** The harness of a run, as far as it is known: a child of this process, or what an earlier runner has left. */
export interface HarnessProcess {
  /** Undefined when only the run's folder is left to tell about it. */
  readonly identity: ProcessIdentity | undefined;
  /** For a child of this process. */
  readonly gone?: Promise<ExitStatus> | undefined;
  /** Where its output starts in the loop's log. */
  readonly logOffset: number;
  /** Bytes of its output that are in the log already. */
  readonly copied: number;
  readonly startedAt: Instant;
  /** Output of the time of an earlier runner. */
  readonly earlier?: { readonly bytes: number; readonly lastAt: Instant } | undefined;
  /** Why an earlier runner was about to end it. */
  readonly endReason?: RunEndReason | undefined;
}

/** A run whose end is in the database. */
export interface SettledRun extends ActiveRun {
  readonly row: LoopRun;
  /** The loop as it was then. */
  readonly loop: Loop;
  readonly endReason?: RunEndReason | undefined;
  /** What its output said; undefined when an earlier runner read it. */
  readonly signs?: RunSigns | undefined;
  readonly outcome: Outcome | undefined;
  /** What its agent has said of the work. */
  readonly verdict: ToldVerdict | undefined;
  /** What it has done to its profile. */
  readonly notice?: LimitNotice | undefined;
  /** Whether an earlier runner has settled it, and may have recorded it too. */
  readonly isLeftover?: boolean | undefined;
}

/** Whether the work of a run is to be done again, with all that its agent was told: its profile could not do it, or nobody saw its end. */
export const isDoneAgain = ({ outcome, endReason }: SettledRun): boolean =>
  stopsProfile(outcome) || endReason === "lost";

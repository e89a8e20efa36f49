import type { BudgetUse } from "./budget-use.ts";
import type { Milliseconds } from "./duration.ts";
import type { Loop } from "./loop.ts";
import type { OutcomeRecord } from "./outcome.ts";
import type { QueueItem } from "./queue.ts";
import type { LoopRun } from "./run.ts";
import type { RunnerVerdict } from "./runner-verdict.ts";
import type { Instant } from "./time.ts";
import { type WaitReason, waitsForSomebody } from "./wait-kind.ts";

/** All that an explanation is made from. */
export interface LoopFacts {
  readonly loop: Loop;
  readonly verdict: RunnerVerdict;
  /** Who runs the loop, or ran it last. */
  readonly owner?: string | undefined;
  readonly instanceId?: string | undefined;
  /** Of the process that runs the loop: its own one or the supervisor. */
  readonly pid?: number | undefined;
  /** Whether it goes on when the supervisor is started again. */
  readonly isHeld?: boolean | undefined;
  readonly wait?: LoopWaitFacts | undefined;
  /** Runs in a row that failed. */
  readonly failures: number;
  /** How long the run that goes on has given no sign of life; undefined while it does. */
  readonly quietFor?: Milliseconds | undefined;
  /** When it acts again, as far as its runner has told or its row tells. */
  readonly nextActionAt?: Instant | undefined;
  /** The newest run, which may still be going on. */
  readonly lastRun?: LoopRun | undefined;
  readonly lastRunProfile: string;
  /** What became of the newest run, where that is known. */
  readonly lastOutcome?: OutcomeRecord | undefined;
  readonly profileName?: string | undefined;
  /** How many runs that profile carries at once. */
  readonly profileSlots?: number | undefined;
  /** The pool that it draws from. */
  readonly poolName?: string | undefined;
  /** What waits for the loop, in order. */
  readonly pending: readonly QueueItem[];
  /** The budgets that concern its runs, with what is used of them. */
  readonly budgets?: readonly BudgetUse[] | undefined;
  readonly now: Instant;
}

interface LoopWaitFacts extends WaitReason {
  readonly until?: Instant | undefined;
}

/** Whether its row says that the loop runs while nobody runs it. */
export const isDead = ({ verdict }: LoopFacts): boolean => verdict === "stale" || verdict === "orphaned";

/** Whether only a person, or the end of a budget's period, lets it go on. */
export const isWaitingForSomebody = ({ loop, wait }: LoopFacts): boolean =>
  loop.state === "waiting" && waitsForSomebody(wait?.kind);

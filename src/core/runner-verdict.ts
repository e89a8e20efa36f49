import type { Loop } from "./loop.ts";
import { type RunnerLiveness, readLoopMetadata } from "./loop-metadata.ts";
import { isActive } from "./loop-state.ts";
import type { Instant } from "./time.ts";

/** What can be found out about the runner of a loop without asking anybody. */
export interface RunnerFacts {
  /** Whether a process holds the loop's runner lock, or one that will is being started. */
  readonly hasRunner: boolean;
  /** Whether a harness of the loop lives, with or without a runner. */
  readonly harnessLives: boolean;
  /** Whether Forge ran this loop last: then the lock tells all. Other implementations do not take it. */
  readonly isOurs: boolean;
  /** Whether the next supervisor takes it up, whenever somebody starts one: it crashed since the machine started. */
  readonly goesOnLater?: boolean | undefined;
  /** Whether some process has the pid in the loop's metadata; undefined when there is none. */
  readonly pidAlive?: boolean | undefined;
  readonly supervisorAlive: boolean;
}

/**
 * - `live`: somebody runs the loop;
 * - `stale`: its row says that it runs, but its runner is dead;
 * - `orphaned`: the same, but its harness lives, and the next runner will follow that to its end;
 * - `unknown`: it belongs to a supervisor that cannot be asked now: its row is left as it is (spec/10 section 11);
 * - `none`: it is stopped and nobody runs it.
 */
export type RunnerVerdict = "live" | "stale" | "orphaned" | "unknown" | "none";

/** A row that changed so lately may belong to a runner that has not written its pid yet. */
const GRACE_MS = 5000;

/** Judges a loop's runner by the table of spec/10 section 11. */
export function judgeRunner(
  loop: Pick<Loop, "state" | "metadata" | "updatedAt">,
  facts: RunnerFacts,
  now: Instant,
): RunnerVerdict {
  if (facts.hasRunner) return "live";
  if (!isActive(loop)) return "none";
  if (facts.isOurs) return judgeOurs(facts);
  return judgeForeignRunner(loop, facts, now);
}

function judgeOurs({ harnessLives, goesOnLater }: RunnerFacts): RunnerVerdict {
  if (harnessLives) return "orphaned";
  return goesOnLater ? "unknown" : "stale";
}

function judgeForeignRunner(
  { metadata, updatedAt }: Pick<Loop, "metadata" | "updatedAt">,
  { pidAlive, supervisorAlive }: RunnerFacts,
  now: Instant,
): RunnerVerdict {
  if (pidAlive) return "live";
  if (readLoopMetadata(metadata).runnerOwner === "daemon") return supervisorAlive ? "stale" : "unknown";
  const mayBeStarting = pidAlive === undefined && now - updatedAt < GRACE_MS;
  return mayBeStarting ? "live" : "stale";
}

/**
 * Whether a process of its own was started for a loop just now and has not taken it yet. `lastInstanceId` is the runner that
 * took it last.
 */
export function isBeingStarted(
  { metadata, updatedAt }: Pick<Loop, "metadata" | "updatedAt">,
  lastInstanceId: string | undefined,
  now: Instant,
): boolean {
  const { runnerOwner, runnerInstanceId } = readLoopMetadata(metadata);
  return runnerOwner === "local" && runnerInstanceId !== lastInstanceId && now - updatedAt < GRACE_MS;
}

/** What is stored of a stale runner. */
export const livenessOf = ({ pidAlive }: RunnerFacts): Omit<RunnerLiveness, "reconciledAt" | "reason"> => ({
  pidAlive: pidAlive ?? false,
  daemonRunnerAlive: false,
});

import { runnerLockPath, supervisorLockPath } from "../config/paths.ts";
import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import { isActive } from "../core/loop-state.ts";
import {
  isBeingStarted,
  judgeRunner,
  livenessOf,
  type RunnerFacts,
  type RunnerVerdict,
} from "../core/runner-verdict.ts";
import { isHeld, isLocked } from "../process/file-lock.ts";
import { currentBootId, pidExists } from "../process/identity.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { findLoop } from "../store/loops.ts";
import { stopStaleLoop } from "../store/stale-loops.ts";
import { type RecoveringInvocation, recoverFromCrash } from "./crash-recovery.ts";
import { hasLiveHarness } from "./unfinished-runs.ts";

/** A loop and what is known of its runner. */
export interface CheckedLoop {
  readonly loop: Loop;
  readonly verdict: RunnerVerdict;
  readonly facts: RunnerFacts;
}

/** Looks after the runners of some loops; those that have crashed go on first. Writes nothing by itself. */
export async function checkRunners(
  invocation: RecoveringInvocation,
  db: Db,
  loops: readonly Loop[],
): Promise<CheckedLoop[]> {
  const recovered = await recoverFromCrash(invocation, db);
  return loops.map((loop) => checkRunner(invocation, db, loop, recovered));
}

/**
 * As `checkRunners`, for one loop; nothing is started. `recovered` are loops that are known to have a runner. What is not
 * needed for the verdict is not looked at: `ps` does this for every loop.
 */
export function checkRunner(
  { config, world }: Pick<RecoveringInvocation, "config" | "world">,
  db: Db,
  loop: Loop,
  recovered: ReadonlySet<LoopId> = new Set(),
  runtime = findLoopRuntime(db, loop.id),
): CheckedLoop {
  const now = world.now();
  const { pid, runnerInstanceId } = readLoopMetadata(loop.metadata);
  const hasRunner =
    recovered.has(loop.id) ||
    isHeld(runnerLockPath(config, loop.id)) ||
    isBeingStarted(loop, runtime?.instanceId, now);
  const mayBeDead = !hasRunner && isActive(loop);
  const facts: RunnerFacts = {
    hasRunner,
    harnessLives: mayBeDead && hasLiveHarness(db, loop.id),
    isOurs:
      runtime?.wanted === "running" ||
      (runtime?.instanceId !== undefined && runtime.instanceId === runnerInstanceId),
    goesOnLater:
      runtime?.wanted === "running" && runtime.owner === "daemon" && runtime.bootId === currentBootId(),
    pidAlive: mayBeDead && pid !== undefined ? pidExists(pid) : undefined,
    supervisorAlive: mayBeDead && isLocked(supervisorLockPath(config)),
  };
  return { loop, facts, verdict: judgeRunner(loop, facts, now) };
}

/** Writes down which of the loops have a dead runner (spec/10 section 11) and returns them all as they are now. */
export function reconcileRunners(
  { world }: Pick<RecoveringInvocation, "world">,
  db: Db,
  checked: readonly CheckedLoop[],
): CheckedLoop[] {
  return checked.map((entry) => {
    if (entry.verdict !== "stale") return entry;
    const stopped = stopStaleLoop(db, entry.loop, livenessOf(entry.facts), world.now());
    // Where it has changed meanwhile, somebody else looks after it.
    if (stopped === undefined) return { ...entry, loop: findLoop(db, entry.loop.id) ?? entry.loop };
    return { ...entry, loop: stopped, verdict: "none" };
  });
}

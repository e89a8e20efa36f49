import type { Config } from "../config/config.ts";
import { runnerLockPath } from "../config/paths.ts";
import { concernsRun } from "../core/budget.ts";
import type { BudgetUse } from "../core/budget-use.ts";
import type { LoopId, ProfileId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { LoopFacts } from "../core/loop-facts.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { RunnerVerdict } from "../core/runner-verdict.ts";
import { quietTime } from "../core/stall-state.ts";
import { type Instant, parseTime } from "../core/time.ts";
import { isHeld, lockHolder } from "../process/file-lock.ts";
import { budgetedRun } from "../runner/budgeted-run.ts";
import { poolOf } from "../runner/profile-selection.ts";
import { budgetUse } from "../store/budget-sums.ts";
import { listBudgets } from "../store/budgets.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { findRunRuntime } from "../store/fx-runs.ts";
import { listPending } from "../store/loop-queue.ts";
import { listRuns } from "../store/loop-runs.ts";
import { findProfile } from "../store/profiles.ts";
import { findOutcome } from "../store/run-outcomes.ts";
import type { RecoveringInvocation } from "./crash-recovery.ts";
import { isHosted } from "./poke.ts";
import { checkRunners } from "./runner-check.ts";

/** Finds out all that explains a loop; its supervisor is asked when it acts next. Writes nothing. */
export async function readLoopFacts(
  invocation: RecoveringInvocation,
  db: Db,
  loop: Loop,
): Promise<LoopFacts> {
  const { config, world } = invocation;
  const [checked] = await checkRunners(invocation, db, [loop]);
  const verdict = checked?.verdict ?? "none";
  const runtime = findLoopRuntime(db, loop.id);
  const { runnerOwner, runnerInstanceId } = readLoopMetadata(loop.metadata);
  const [lastRun] = listRuns(db, loop.id, 1);
  const profile = loop.profileId && findProfile(db, loop.profileId);
  return {
    loop,
    verdict,
    owner: runnerOwner,
    instanceId: runnerInstanceId,
    pid: verdict === "live" ? runnerPid(runnerLockPath(config, loop.id)) : undefined,
    isHeld: runtime?.wanted === "held",
    wait: runtime?.wait,
    failures: runtime?.streaks.failures ?? 0,
    quietFor: quietTime(runtime?.retry, world.now()),
    nextActionAt: await nextAction(invocation, loop, verdict),
    lastRun,
    lastRunProfile:
      (lastRun && (findRunRuntime(db, lastRun.id)?.profileName ?? profileName(db, lastRun.profileId))) ?? "",
    lastOutcome: lastRun && findOutcome(db, lastRun.id),
    profileName: profile?.name,
    profileSlots: profile?.maxConcurrency,
    poolName: loop.profileId ? undefined : poolOf(db, config, loop)?.name,
    pending: listPending(db, loop.id),
    budgets: budgetsOf(db, config, loop, world.now()),
    now: world.now(),
  };
}

const budgetsOf = (db: Db, config: Config, loop: Loop, now: Instant): BudgetUse[] => {
  const run = budgetedRun(db, config, loop);
  return listBudgets(db)
    .filter((budget) => budget.scope !== "run" && concernsRun(budget, run))
    .map((budget) => budgetUse(db, budget, now, config.budget.timezone));
};

const profileName = (db: Db, id: ProfileId | undefined): string | undefined =>
  id && findProfile(db, id)?.name;

/** What a runner has written into its lock begins with its pid; one that is being started has not taken it yet. */
function runnerPid(lock: string): number | undefined {
  if (!isHeld(lock)) return undefined;
  const pid = Number.parseInt(lockHolder(lock), 10);
  return pid > 0 ? pid : undefined;
}

async function nextAction(
  invocation: RecoveringInvocation,
  loop: Loop,
  verdict: RunnerVerdict,
): Promise<Instant | undefined> {
  if (verdict !== "live" || loop.state === "running") return undefined;
  const told = isHosted(loop) ? await toldBySupervisor(invocation, loop.id) : undefined;
  return told ?? readLoopMetadata(loop.metadata).waitUntil ?? endOfInterval(loop);
}

async function toldBySupervisor(
  { config, world }: RecoveringInvocation,
  id: LoopId,
): Promise<Instant | undefined> {
  const { listHostedLoops } = await import("../supervisor/client.ts");
  const hosted = await listHostedLoops({ config, world });
  return parseTime(hosted?.find(({ loop_id }) => loop_id === id)?.next_wake_at);
}

const endOfInterval = ({ state, lastRunAt, intervalSeconds }: Loop): Instant | undefined =>
  state === "sleeping" && lastRunAt !== undefined ? lastRunAt + intervalSeconds * 1000 : undefined;

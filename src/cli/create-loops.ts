import type { Config } from "../config/config.ts";
import { exists, ForgeError } from "../core/errors.ts";
import { type LoopId, newId, type PoolId, type ProfileId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { changeLoopMetadata } from "../core/loop-metadata.ts";
import { generateLoopName } from "../core/loop-names.ts";
import { queueItemDraft } from "../core/queue-payload.ts";
import type { SpendLimits } from "../core/spend-limits.ts";
import type { World } from "../core/world.ts";
import { setBudget } from "../store/budget-gate.ts";
import type { Db } from "../store/database.ts";
import { loopFiles } from "../store/loop-files.ts";
import { changeLoopLimits } from "../store/loop-limits.ts";
import { enqueue } from "../store/loop-queue.ts";
import { allocateShortId, createLoop } from "../store/loops.ts";
import { isLoopName } from "../store/names.ts";
import { resolvePool } from "../store/pools.ts";
import { resolveProfile } from "../store/profiles.ts";
import { inTransaction } from "../store/transaction.ts";
import type { NewLoops } from "./new-loops.ts";
import type { SpawnOwner } from "./start-runner.ts";

/** What the loops of a request draw their profiles from. */
export interface Assignment {
  poolId?: PoolId | undefined;
  profileId?: ProfileId | undefined;
}

/** Throws `pool not found: <ref>` or `profile not found: <ref>`. */
export const assignmentOf = (db: Db, { pool, profile }: NewLoops): Assignment => ({
  poolId: pool === undefined ? undefined : resolvePool(db, pool).id,
  profileId: profile === undefined ? undefined : resolveProfile(db, profile).id,
});

/** Throws `invalid --spawn-owner ...` unless the word names an owner. */
export function checkSpawnOwner(word: string): asserts word is SpawnOwner {
  if (["local", "daemon", "auto"].includes(word)) return;
  throw new ForgeError("invalid", `invalid --spawn-owner "${word}" (valid: local|daemon|auto)`);
}

/**
 * Creates the loops of a request, stopped, each with its initial wait queued: all of them or none. Throws
 * `loop name "<name>" already exists`.
 */
export function createLoops(
  db: Db,
  request: NewLoops,
  assignment: Assignment,
  { config, world }: { config: Config; world: World },
): Loop[] {
  return inTransaction(db, () => {
    const now = world.now();
    return Array.from({ length: request.count }, (_, index) => {
      const name = nameOf(db, request, index, world);
      const loop = createOne(db, request, assignment, name, config, now);
      if (request.initialWaitSeconds > 0)
        enqueue(db, loop.id, [initialWait(request.initialWaitSeconds)], now);
      return loop;
    });
  });
}

function nameOf(db: Db, { name, namePrefix }: NewLoops, index: number, world: World): string {
  const given = name ?? (namePrefix === undefined ? undefined : `${namePrefix}-${index + 1}`);
  const taken = (candidate: string) => isLoopName(db, candidate);
  if (given === undefined) return generateLoopName({ random: world.random, taken, now: world.now() });
  if (taken(given)) throw exists(`loop name ${JSON.stringify(given)} already exists`);
  return given;
}

function createOne(
  db: Db,
  request: NewLoops,
  assignment: Assignment,
  name: string,
  config: Config,
  now: number,
): Loop {
  const identity = { id: newId<LoopId>(), shortId: allocateShortId(db), name, repoPath: request.repoPath };
  const { stopConfig } = request;
  const draft = {
    ...identity,
    ...assignment,
    ...loopFiles(db, config, identity),
    basePromptPath: request.promptPath,
    basePromptMsg: request.promptMessage,
    intervalSeconds: request.intervalSeconds,
    maxIterations: request.maxIterations,
    maxRuntimeSeconds: request.maxRuntimeSeconds,
    tags: request.tags,
    metadata: stopConfig && { ...changeLoopMetadata(undefined, { stopConfig }) },
  };
  const loop = createLoop(db, draft, now);
  changeLoopLimits(db, loop.id, request.limits, now);
  limitSpend(db, loop, request.spendLimits, config, now);
  return loop;
}

/** As budgets of the loop, at which it stops. */
function limitSpend(
  db: Db,
  { id }: Loop,
  { maxCost, maxTokens }: SpendLimits,
  config: Config,
  now: number,
): void {
  const key = { scope: "loop", scopeRef: id, period: "total", action: "hard", createdBy: "up" } as const;
  if (maxCost > 0) setBudget(db, { ...key, unit: "usd", amount: maxCost }, now, config.budget);
  if (maxTokens > 0) setBudget(db, { ...key, unit: "tokens", amount: maxTokens }, now, config.budget);
}

const initialWait = (seconds: number) =>
  queueItemDraft({ type: "pause", payload: { duration_seconds: seconds, reason: "initial wait" } });

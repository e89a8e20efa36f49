import { shownShortId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import type { LoopState } from "./loop.ts";
import { isWaitingForSomebody, type LoopFacts } from "./loop-facts.ts";
import { readLoopMetadata } from "./loop-metadata.ts";
import { nextOf, whyOf } from "./loop-reasons.ts";
import { suggestionsFor } from "./loop-suggestions.ts";
import type { QueueItem } from "./queue.ts";
import { formatTime, type Instant } from "./time.ts";

/** How a state is marked for people. */
export const STATE_LABELS: Readonly<Record<LoopState, string>> = {
  running: "BUSY",
  sleeping: "OK",
  waiting: "WAIT",
  stopped: "WARN",
  error: "ERR",
};

/** Why a loop does what it does (spec/20 section 20.1). */
export interface LoopExplanation {
  readonly facts: LoopFacts;
  readonly why: string;
  /** When it acts again, in words. */
  readonly next: string;
  readonly isBlocked: boolean;
  /** Commands that can be pasted, the most useful first. */
  readonly suggestions: readonly string[];
  readonly iterations: number;
  readonly runtimeSeconds: number;
}

export function explainLoop(facts: LoopFacts): LoopExplanation {
  const { loop } = facts;
  const { iterationCount = 0, startedAt } = readLoopMetadata(loop.metadata);
  return {
    facts,
    why: whyOf(facts),
    next: nextOf(facts),
    isBlocked: loop.state === "error" || isWaitingForSomebody(facts),
    suggestions: suggestionsFor(facts),
    iterations: iterationCount,
    runtimeSeconds: startedAt === undefined ? 0 : runtimeSeconds(facts, startedAt),
  };
}

/** Of a loop that has stopped: up to its last run. */
function runtimeSeconds({ loop, verdict, now }: LoopFacts, startedAt: Instant): number {
  const end = verdict === "live" ? now : (loop.lastRunAt ?? startedAt);
  return Math.max(0, Math.floor((end - startedAt) / 1000));
}

/** How many items are told one by one. */
const SHOWN_ITEMS = 3;

export const shownItems = ({ facts }: LoopExplanation): readonly QueueItem[] =>
  facts.pending.slice(0, SHOWN_ITEMS);

/** The explanation as it is printed, keys in their contractual order. */
export function loopExplanationJson(explanation: LoopExplanation) {
  const { facts, why, isBlocked } = explanation;
  const { loop, wait, lastRun } = facts;
  return {
    loop_id: loop.id,
    short_id: shownShortId(loop.shortId, loop.id),
    name: loop.name,
    state: loop.state,
    is_blocked: isBlocked,
    why,
    block_reasons: isBlocked ? [why] : [],
    next_action_at: optionalTime(facts.nextActionAt),
    wait_kind: wait?.kind,
    runner: {
      owner: facts.owner ?? "",
      alive: facts.verdict === "live",
      pid: facts.pid,
      instance_id: omitEmpty(facts.instanceId),
    },
    last_run: lastRun && {
      run_id: lastRun.id,
      status: lastRun.status,
      exit_code: lastRun.exitCode,
      finished_at: optionalTime(lastRun.finishedAt),
      profile: facts.lastRunProfile,
      outcome: facts.lastOutcome?.outcome,
      reason: facts.lastOutcome?.reason,
    },
    limits: {
      iterations: explanation.iterations,
      max_iterations: loop.maxIterations,
      runtime_seconds: explanation.runtimeSeconds,
      max_runtime_seconds: loop.maxRuntimeSeconds,
    },
    queue: {
      pending: facts.pending.length,
      items: shownItems(explanation).map(({ id, type, createdAt }) => ({
        id,
        type,
        created_at: formatTime(createdAt),
      })),
    },
    suggestions: explanation.suggestions,
  };
}

import { shownShortId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import type { Loop, LoopState } from "./loop.ts";
import { readLoopMetadata } from "./loop-metadata.ts";
import { isPlainWord, pastedName } from "./pasted-name.ts";
import type { QueueItem } from "./queue.ts";
import { roughDuration } from "./rough-duration.ts";
import type { LoopRun } from "./run.ts";
import type { RunnerVerdict } from "./runner-verdict.ts";
import { formatTime, type Instant } from "./time.ts";
import { waitsForSomebody } from "./wait-kind.ts";

/** All that an explanation is made from. */
export interface LoopFacts {
  readonly loop: Loop;
  readonly verdict: RunnerVerdict;
  /** Who runs the loop, or ran it last. */
  readonly owner?: string | undefined;
  readonly instanceId?: string | undefined;
  /** Of the process that runs the loop: its own one or the supervisor. */
  readonly pid?: number | undefined;
  readonly wait?: LoopWaitFacts | undefined;
  /** Runs in a row that failed. */
  readonly failures: number;
  /** When it acts again, as far as its runner has told or its row tells. */
  readonly nextActionAt?: Instant | undefined;
  /** The newest run, which may still be going on. */
  readonly lastRun?: LoopRun | undefined;
  readonly lastRunProfile: string;
  readonly profileName?: string | undefined;
  /** What waits for the loop, in order. */
  readonly pending: readonly QueueItem[];
  readonly now: Instant;
}

interface LoopWaitFacts {
  readonly kind: string;
  readonly reason?: string | undefined;
  readonly until?: Instant | undefined;
}

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

const isDead = ({ verdict }: LoopFacts): boolean => verdict === "stale" || verdict === "orphaned";

const isWaitingForSomebody = ({ loop, wait }: LoopFacts): boolean =>
  loop.state === "waiting" && waitsForSomebody(wait?.kind);

function whyOf(facts: LoopFacts): string {
  const { loop, lastRun, wait, now } = facts;
  if (isDead(facts)) return `it should be ${loop.state}, but its runner is dead`;
  switch (loop.state) {
    case "running":
      return lastRun?.status === "running"
        ? `a run has been going on for ${roughDuration(now - lastRun.startedAt)}`
        : "its runner is between two steps";
    case "sleeping":
      return sleepingBecause(facts);
    case "waiting":
      return wait?.reason ?? loop.lastError ?? "it waits for a profile";
    case "stopped":
      return stoppedBecause(facts);
    case "error":
      return loop.lastError ?? "its runner gave up";
    default:
      return loop.state satisfies never;
  }
}

/** As many failures in a row make the runner wait longer than the interval (spec/10 section 4.4). */
const BACKOFF_FROM_FAILURES = 3;

function sleepingBecause({ loop, failures, pending }: LoopFacts): string {
  if (failures >= BACKOFF_FROM_FAILURES)
    return `its last ${failures} runs failed${loop.lastError ? `: ${loop.lastError}` : ""}`;
  if (pending[0]?.type === "pause") return "an operator asked for a pause";
  return "it rests between two runs";
}

/** What `last_error` means where it tells why a loop has stopped. */
const STOP_REASONS = new Map([
  ["operator", "an operator killed it"],
  ["stale_runner", "its runner died"],
  ["context canceled", "its runner was ended"],
]);

function stoppedBecause({ loop, lastRun }: LoopFacts): string {
  const { lastError = "" } = loop;
  if (lastError !== "") return STOP_REASONS.get(lastError) ?? lastError;
  if (lastRun === undefined) return "it has never run";
  return "it was stopped";
}

function nextOf(facts: LoopFacts): string {
  const { loop, nextActionAt, now, profileName } = facts;
  if (isDead(facts)) return "never: its runner is dead";
  if (loop.state === "stopped" || loop.state === "error") return `never: ${loop.state}`;
  if (loop.state === "running") return "when the run ends";
  if (isWaitingForSomebody(facts) && nextActionAt === undefined) return "when you answer";
  if (loop.state === "waiting") {
    const profile = profileName === undefined ? "a profile" : `profile ${profileName}`;
    return nextActionAt === undefined
      ? `when ${profile} is free`
      : `at ${formatTime(nextActionAt)} when ${profile} is free`;
  }
  return nextActionAt === undefined || nextActionAt - now < 1000
    ? "in a moment"
    : `in ${roughDuration(nextActionAt - now)}`;
}

function suggestionsFor(facts: LoopFacts): string[] {
  const { loop, wait, profileName, lastRun } = facts;
  const name = pastedName(loop);
  const resume = `forge resume ${name}`;
  const logs = `forge logs ${name} -n 50`;
  const message = `forge msg ${name} "..."`;
  if (isDead(facts)) return [resume, logs];
  switch (loop.state) {
    case "error":
      return [logs, resume];
    case "stopped":
      return lastRun === undefined ? [resume] : [resume, logs];
    case "waiting":
      if (wait?.kind === "budget") return [`forge budget ls --loop ${name}`];
      if (wait?.kind === "blocked") return [message, logs];
      return profileName !== undefined && isPlainWord(profileName)
        ? [`forge profile cooldown clear ${profileName}`]
        : ["forge profile ls"];
    case "sleeping":
      return facts.failures > 0 ? [logs, `forge msg ${name} --now "..."`] : [`forge msg ${name} --now "..."`];
    case "running":
      return [`forge logs ${name} -f`, message];
    default:
      return loop.state satisfies never;
  }
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

import { isDead, isWaitingForSomebody, type LoopFacts } from "./loop-facts.ts";
import { BACKOFF_FROM_FAILURES, shownQuiet } from "./loop-why.ts";
import { roughDuration } from "./rough-duration.ts";
import { formatTime } from "./time.ts";
import { waitReasonText } from "./wait-kind.ts";

/** Why a loop does what it does, in one sentence without its subject's name. */
export function whyOf(facts: LoopFacts): string {
  const { loop, wait } = facts;
  if (isDead(facts)) return `it should be ${loop.state}, but its runner is dead`;
  switch (loop.state) {
    case "running":
      return runningBecause(facts);
    case "sleeping":
      return sleepingBecause(facts);
    case "waiting":
      return (wait && waitReasonText(wait)) ?? loop.lastError ?? "it waits for a profile";
    case "stopped":
      return stoppedBecause(facts);
    case "error":
      return loop.lastError ?? "its runner gave up";
    default:
      return loop.state satisfies never;
  }
}

function runningBecause({ lastRun, quietFor, now }: LoopFacts): string {
  if (lastRun?.status !== "running") return "its runner is between two steps";
  const age = `a run has been going on for ${roughDuration(now - lastRun.startedAt)}`;
  return quietFor === undefined ? age : `${age}, the last ${shownQuiet(quietFor)} without a sign of life`;
}

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

function stoppedBecause({ loop, lastRun, isHeld }: LoopFacts): string {
  const { lastError = "" } = loop;
  if (isHeld) return "the supervisor was stopped while it ran";
  if (lastError.startsWith("waiting")) return "it was stopped while it waited";
  if (lastError !== "") return STOP_REASONS.get(lastError) ?? lastError;
  if (lastRun === undefined) return "it has never run";
  return "it was stopped";
}

/** When it acts again, in words. */
export function nextOf(facts: LoopFacts): string {
  const { loop, nextActionAt, now } = facts;
  if (isDead(facts)) return "never: its runner is dead";
  if (loop.state === "stopped" && facts.isHeld) return "with forge daemon start";
  if (loop.state === "stopped" || loop.state === "error") return `never: ${loop.state}`;
  if (loop.state === "running") return "when the run ends";
  if (loop.state === "waiting") return nextOfWaiting(facts);
  return nextActionAt === undefined || nextActionAt - now < 1000
    ? "in a moment"
    : `in ${roughDuration(nextActionAt - now)}`;
}

function nextOfWaiting(facts: LoopFacts): string {
  const { nextActionAt, profileName, wait } = facts;
  const at = nextActionAt === undefined ? undefined : `at ${formatTime(nextActionAt)}`;
  if (wait?.kind === "budget") return at ?? "when the budget is changed";
  if (isWaitingForSomebody(facts))
    return at ?? (wait?.kind === "parked" ? "when you clear it" : "when you answer");
  const free = `when ${profileName === undefined ? "a profile" : `profile ${profileName}`} is free`;
  return at === undefined ? free : `${at} ${free}`;
}

import { readRepoConfig } from "../../config/repo-config.ts";
import { verdictText } from "../../core/agent-verdict.ts";
import type { Loop } from "../../core/loop.ts";
import { readLoopMetadata } from "../../core/loop-metadata.ts";
import type { QueueItemDraft } from "../../core/queue-payload.ts";
import { queueItemDraft } from "../../core/queue-payload.ts";
import { isUntilRule } from "../../core/stop-config.ts";
import { isBlank } from "../../core/validation.ts";
import type { SettledRun } from "../active-run.ts";
import type { Ending } from "../ending.ts";
import { orderedEnd } from "../orders.ts";
import { requestedEnd } from "../reached-end.ts";
import type { Session } from "../session.ts";
import { runGate } from "./gate.ts";

/** What the verdict of a run's agent leads to (spec/15 section 7.3). */
export interface VerdictEffect {
  readonly ending?: Ending | undefined;
  /** Whether nothing was decided yet: the next runner asks again. */
  readonly isOpen?: boolean | undefined;
  /** Why the loop has to wait for a person. */
  readonly blocked?: string | undefined;
  /** What the next run is told. */
  readonly message?: QueueItemDraft | undefined;
  /** The exit code of the command of `--until`, where it was the gate. */
  readonly untilExit?: number | undefined;
}

const NOTHING: VerdictEffect = {};

/** A verdict is told in the log, also where it leads to nothing. */
export function tellVerdict({ log }: Session, { verdict, outcome }: SettledRun): void {
  if (verdict === undefined) return;
  log.line(`verdict ${verdictText(verdict)}`);
  if (verdict.verdict === "done" && outcome !== "ok") log.line(`verdict done ignored: outcome ${outcome}`);
}

/** What is to be done about the verdict of a run. A gate may be asked again after a crash; nothing is written here. */
export async function verdictEffect(session: Session, run: SettledRun): Promise<VerdictEffect> {
  const { verdict: told } = run;
  // Who steers has answered already.
  if (told === undefined || run.endReason === "steer") return NOTHING;
  session.deps.faultPoint("before-verdict");
  switch (told.verdict) {
    case "continue":
      return NOTHING;
    case "blocked":
      return blockedEffect(session, told.reason ?? "");
    case "done":
      return doneEffect(session, run, told.reason);
    default:
      return told.verdict satisfies never;
  }
}

/** A single run cannot wait for anybody. */
function blockedEffect({ isSingle }: Session, reason: string): VerdictEffect {
  if (!isSingle) return { blocked: reason };
  const lastError = `blocked: ${reason}`;
  return { ending: { state: "stopped", lastError } };
}

async function doneEffect(
  session: Session,
  run: SettledRun,
  reason: string | undefined,
): Promise<VerdictEffect> {
  if (run.outcome !== "ok") return NOTHING;
  const accepted: Ending = {
    state: "stopped",
    log: "verdict done accepted",
    lastError: reason === undefined ? "done" : `done: ${reason}`,
  };
  const gate = gateOf(run.loop);
  if (gate === undefined) return { ending: accepted };
  const result = await runGate(session, gate.command, run);
  if (result === undefined) return cutShort(session);
  session.deps.faultPoint("after-gate");
  if (result.exitCode === 0) return { ending: accepted };
  session.log.line(`verdict done rejected: gate exit ${result.exitCode}`);
  const text = `The gate command failed (exit ${result.exitCode}):\n${result.tail}`.trimEnd();
  return {
    message: queueItemDraft({ type: "message_append", payload: { text } }),
    untilExit: gate.isUntil ? result.exitCode : undefined,
  };
}

/** The loop or its runner is to end. Who kills the loop has decided; the next runner asks the gate again. */
function cutShort(session: Session): VerdictEffect {
  const requested = requestedEnd(session);
  return requested ? { ending: requested, isOpen: true } : { ending: orderedEnd(session, "queued") };
}

/** The command that has to agree that the work is done: the loop's own, else that of its repository. */
function gateOf({ metadata, repoPath }: Loop): { command: string; isUntil: boolean } | undefined {
  const rule = readLoopMetadata(metadata).stopConfig?.quantitative;
  if (rule && isUntilRule(rule) && !isBlank(rule.command)) return { command: rule.command, isUntil: true };
  const command = readRepoConfig(repoPath).verdict.gate;
  return isBlank(command) ? undefined : { command, isUntil: false };
}

import type { ToldVerdict } from "./agent-verdict.ts";
import type { Milliseconds } from "./duration.ts";
import type { EventDraft } from "./event.ts";
import type { LoopEventType, SocketEventType } from "./event-types.ts";
import type { RunId } from "./ids.ts";
import { type JsonObject, omitEmpty, optionalTime } from "./json.ts";
import type { Loop, LoopState } from "./loop.ts";
import { type RunnerOwner, readLoopMetadata } from "./loop-metadata.ts";
import { type OutcomeDraft, toDollars } from "./outcome.ts";
import { type LoopRun, runKind } from "./run.ts";
import type { Instant } from "./time.ts";

/** Which loop an event is about. */
export type EventLoop = Pick<Loop, "id" | "name">;

type LoopOnDisk = EventLoop & Pick<Loop, "repoPath">;

export const loopCreated = (loop: LoopOnDisk): EventDraft => loopEvent("loop.created", loop, placeOf(loop));

export const loopRemoved = (loop: LoopOnDisk): EventDraft => loopEvent("loop.removed", loop, placeOf(loop));

const placeOf = ({ name, repoPath }: LoopOnDisk): JsonObject => ({ name, repo_path: repoPath });

type LoopInState = EventLoop & Pick<Loop, "state" | "lastError" | "metadata">;

/** A runner took the loop, came to its end, or gave up. */
export const runnerEvent = (
  type: "loop.started" | "loop.stopped" | "loop.failed",
  loop: LoopInState,
  owner: RunnerOwner,
): EventDraft => loopEvent(type, loop, stateOf(loop, owner));

const stateOf = (loop: LoopInState, owner: RunnerOwner): JsonObject => ({
  state: loop.state,
  last_error: omitEmpty(loop.lastError),
  iteration_count: readLoopMetadata(loop.metadata).iterationCount ?? 0,
  owner,
});

export interface StateChange {
  oldState: LoopState;
  newState: LoopState;
  waitKind?: string | undefined;
  waitUntil?: Instant | undefined;
}

/** Socket only. */
export const loopStateChanged = (loop: EventLoop, change: StateChange): EventDraft =>
  loopEvent("loop.state_changed", loop, {
    old_state: change.oldState,
    new_state: change.newState,
    wait_kind: change.waitKind,
    wait_until: optionalTime(change.waitUntil),
  });

/** With whom a run works: names, not ids. */
export interface RunProfile {
  profile: string;
  harness: string;
}

export const runStarted = (loop: EventLoop, run: LoopRun, { profile, harness }: RunProfile): EventDraft =>
  runEvent("run.started", loop, run.id, {
    run_id: run.id,
    kind: runKind(run),
    profile,
    harness,
    prompt_source: omitEmpty(run.promptSource),
  });

/** `run.failed` for a run with status error, else `run.finished`. */
export const runFinished = (
  loop: EventLoop,
  run: LoopRun,
  profile: string,
  outcome?: Pick<OutcomeDraft, "outcome" | "reason" | "costMicros">,
): EventDraft =>
  runEvent(run.status === "error" ? "run.failed" : "run.finished", loop, run.id, {
    run_id: run.id,
    kind: runKind(run),
    profile,
    status: run.status,
    exit_code: run.exitCode,
    duration_ms: run.finishedAt === undefined ? undefined : Math.max(0, run.finishedAt - run.startedAt),
    outcome: outcome?.outcome,
    reason: outcome?.reason,
    cost_usd: outcome?.costMicros === undefined ? undefined : toDollars(outcome.costMicros),
  });

/** What the agent of a run says about its work. */
export const runVerdict = (loop: EventLoop, runId: RunId, { verdict, reason }: ToldVerdict): EventDraft =>
  runEvent("run.verdict", loop, runId, { run_id: runId, verdict, reason });

/** The agent of a loop cannot go on without a person. */
export const loopBlocked = (loop: EventLoop, runId: RunId, reason: string | undefined): EventDraft =>
  loopEvent("loop.blocked", loop, { run_id: runId, reason });

/** A run gives no sign of life. */
export const runQuiet = (
  loop: EventLoop,
  runId: RunId,
  { profile, silentFor }: { profile: string; silentFor: Milliseconds },
): EventDraft =>
  runEvent("run.quiet", loop, runId, { run_id: runId, profile, quiet_ms: Math.round(silentFor) });

/** Socket only. `pending` is the number of items that wait. */
export const queueChanged = (loop: EventLoop, pending: number): EventDraft =>
  draft("queue.changed", loop, { kind: "queue" }, { pending });

/** Socket only. `size` in bytes. */
export const logGrown = (loop: EventLoop, path: string, size: number): EventDraft =>
  loopEvent("log.grown", loop, { path, size });

const loopEvent = (type: LoopEventType | SocketEventType, loop: EventLoop, payload: JsonObject): EventDraft =>
  draft(type, loop, { kind: "loop" }, payload);

const runEvent = (type: LoopEventType, loop: EventLoop, runId: RunId, payload: JsonObject): EventDraft =>
  draft(type, loop, { kind: "run", runId }, payload);

const draft = (
  type: LoopEventType | SocketEventType,
  loop: EventLoop,
  { kind, runId }: { kind: "loop" | "run" | "queue"; runId?: RunId },
  payload: JsonObject,
): EventDraft => ({
  type,
  entityType: "system",
  entityId: loop.id,
  payload,
  metadata: { kind, loop_id: loop.id, loop_name: loop.name, ...(runId && { run_id: runId }) },
});

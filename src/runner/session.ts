import type { Milliseconds } from "../core/duration.ts";
import type { LoopId, ProfileId, RunId } from "../core/ids.ts";
import type { Loop, LoopState } from "../core/loop.ts";
import { runnerEvent } from "../core/loop-events.ts";
import type { Instant } from "../core/time.ts";
import { PostedTopics } from "../mail/store/posted-topics.ts";
import { commitTogether } from "../store/commit-together.ts";
import { isDiskFull } from "../store/database-error.ts";
import type { LoopWait, Wanted } from "../store/fx-loops.ts";
import { patchRun } from "../store/fx-runs.ts";
import { findHeldLoop, type LoopHold, loopHold } from "../store/loop-hold.ts";
import { enqueue, finishQueueItems } from "../store/loop-queue.ts";
import { type LoopPatch, type LoopPatchOptions, patchLoop } from "../store/loop-updates.ts";
import { Attention } from "./attention.ts";
import { blockedWait } from "./blocked.ts";
import type { RunnerControl } from "./control.ts";
import type { RunnerDeps } from "./deps.ts";
import { type Ending, HandedOver, LoopGone } from "./ending.ts";
import type { LoopLog } from "./loop-log.ts";

/** Between two tries of a write that the disk had no room for. */
const FULL_DISK_PAUSE_MS = 500;
/** How long such a write keeps a runner that is to end. */
const FULL_DISK_LAST_TRIES_MS = 1_500;

/** How long a locked database is waited for before the loop gives up (spec/10, edge cases). */
const BUSY_DEADLINE_MS = 30_000;
/** Timers stand still while the machine is asleep: the clock on the wall is looked at this often. */
const LONGEST_SLEEP_MS = 60_000;

export interface SessionOptions {
  readonly loopId: LoopId;
  readonly epoch: number;
  readonly log: LoopLog;
  readonly ledgerPath: string;
  readonly control: RunnerControl;
  /** Whether exactly one run is asked for (`forge run`). */
  readonly isSingle: boolean;
}

/** One runner's hold on one loop, from its start to its end: reading and writing the rows, the log, waiting. */
export class Session implements Disposable {
  readonly deps: RunnerDeps;
  readonly loopId: LoopId;
  readonly epoch: number;
  readonly log: LoopLog;
  readonly ledgerPath: string;
  readonly control: RunnerControl;
  readonly isSingle: boolean;
  readonly attention = new Attention();
  /** Profiles that could not do the work of this pass; each is tried once (spec/15 section 4.1). */
  readonly tried = new Set<ProfileId>();
  readonly #subscriptions: Disposable[];
  readonly #postedTopics = new Map<string, PostedTopics>();
  /** Changes of the state in the open transaction, which nobody hears of before they are committed. */
  #changes: { readonly before: LoopState; readonly loop: Loop }[] = [];
  #toRecord: readonly RunId[] = [];

  constructor(deps: RunnerDeps, options: SessionOptions) {
    this.deps = deps;
    this.loopId = options.loopId;
    this.epoch = options.epoch;
    this.log = options.log;
    this.ledgerPath = options.ledgerPath;
    this.control = options.control;
    this.isSingle = options.isSingle;
    const call = () => this.attention.call();
    this.#subscriptions = [deps.wakeUps.subscribe(options.loopId, call), options.control.subscribe(call)];
  }

  now(): Instant {
    return this.deps.now();
  }

  /** What is known of the topics that an agent of this loop has posted to. */
  postedTopics(agent: string): PostedTopics {
    const known = this.#postedTopics.get(agent) ?? new PostedTopics(agent);
    this.#postedTopics.set(agent, known);
    return known;
  }

  /** As `RunnerDeps.ticks`. */
  ticks(): Milliseconds {
    return (this.deps.ticks ?? performance.now.bind(performance))();
  }

  /** Throws `LoopGone` when the loop was removed, and `HandedOver` when another runner has it. */
  check(): void {
    const hold = loopHold(this.deps.db, this.loopId, this.epoch);
    if (hold !== "held") throw lost(hold);
  }

  /** The loop as it is now. Throws as `check`. */
  loop(): Loop {
    const loop = findHeldLoop(this.deps.db, this.loopId, this.epoch);
    if (typeof loop === "string") throw lost(loop);
    return loop;
  }

  /** Runs `body` in one transaction, waiting patiently for other processes. What could wait for one is written with it. */
  async transact<T>(body: () => T): Promise<T> {
    const recorded = this.#toRecord;
    let changes = this.#changes;
    const write = () => {
      changes = [];
      this.#changes = changes;
      for (const runId of recorded) patchRun(this.deps.db, runId, { phase: "recorded" }, this.epoch);
      return body();
    };
    const result = await this.#untilThereIsRoom(() =>
      commitTogether(this.deps.db, write, { deadlineMs: BUSY_DEADLINE_MS }),
    );
    this.#toRecord = this.#toRecord.filter((runId) => !recorded.includes(runId));
    for (const { before, loop } of changes) this.noteState(before, loop);
    if (recorded.length > 0) this.deps.faultPoint("after-record");
    return result;
  }

  /**
   * A full disk is waited for without end, as nothing of what the runner knows may be lost and an error could not be written
   * either; a runner that is asked to end gives up soon.
   */
  async #untilThereIsRoom<T>(attempt: () => Promise<T>): Promise<T> {
    let giveUpAt = Number.POSITIVE_INFINITY;
    for (;;) {
      try {
        return await attempt();
      } catch (thrown) {
        if (this.control.request !== undefined)
          giveUpAt = Math.min(giveUpAt, performance.now() + FULL_DISK_LAST_TRIES_MS);
        if (!isDiskFull(thrown) || performance.now() >= giveUpAt) throw thrown;
      }
      await Bun.sleep(FULL_DISK_PAUSE_MS);
    }
  }

  /**
   * Has the last step of a run written with the next transaction, at the latest before the loop rests: a transaction of its
   * own would cost a quick loop more than it tells. After a crash before it the next runner concludes the run again.
   */
  recordSoon(runId: RunId): void {
    this.#toRecord = [...this.#toRecord, runId];
  }

  /** Writes what waits for a transaction. */
  async flush(): Promise<void> {
    if (this.#toRecord.length > 0) await this.transact(() => {});
  }

  /** Changes the loop's row in a transaction of its own or the one that is open. Throws as `loop`. */
  async patch(patch: LoopPatch, options: LoopPatchOptions = {}): Promise<Loop> {
    return this.transact(() => this.patchNow(patch, options));
  }

  /** As `patch`, inside the transaction that `transact` has opened. */
  patchNow(patch: LoopPatch, options: LoopPatchOptions = {}): Loop {
    const before = this.loop();
    const changed = patchLoop(this.deps.db, this.loopId, patch, this.now(), {
      ...options,
      epoch: this.epoch,
    });
    if (!changed) throw new LoopGone();
    this.#changes.push({ before: before.state, loop: changed });
    return changed;
  }

  /** Tells the observer when a loop has another state than before. */
  noteState(before: LoopState, loop: Loop): void {
    if (loop.state !== before) this.deps.observer?.stateChanged?.(loop, before);
  }

  /**
   * Waits until a moment, if there is one, or until `isOver` holds, which is asked whenever the queue or the row may have
   * changed, or until the runner is asked to end.
   */
  async sleepUntil(until: Instant | undefined, isOver: () => boolean): Promise<void> {
    const { observer, faultPoint } = this.deps;
    await this.flush();
    observer?.wakesAt?.(this.loopId, until);
    try {
      while (this.control.request === undefined && !isOver()) {
        const left = (until ?? Number.POSITIVE_INFINITY) - this.now();
        if (left <= 0) return;
        faultPoint("sleeping");
        await this.attention.next(Math.min(left, LONGEST_SLEEP_MS));
      }
    } finally {
      observer?.wakesAt?.(this.loopId, undefined);
    }
  }

  /** Writes the end of the runner. A terminal state is the last thing that is written (spec/10 section 2.4). */
  async end(ending: Ending): Promise<Loop> {
    if (ending.log !== undefined) this.log.line(ending.log);
    return this.transact(() => {
      const { db, owner } = this.deps;
      finishQueueItems(db, ending.completes ?? [], "completed", this.now());
      enqueue(db, this.loopId, ending.enqueues ?? [], this.now());
      if (ending.recordedRun) patchRun(db, ending.recordedRun, { phase: "recorded" }, this.epoch);
      const type = ending.state === "error" ? "loop.failed" : "loop.stopped";
      return this.patchNow(
        {
          state: ending.state,
          lastError: ending.lastError,
          metadata: { waitUntil: null },
          runtime: ending.wanted && { wanted: ending.wanted, wait: this.#keptWait(ending.wanted) },
        },
        { tell: (loop) => runnerEvent(type, loop, owner) },
      );
    });
  }

  /** A loop that only its supervisor's end stops goes on as it was: blocked, if it is. */
  #keptWait(wanted: Wanted): LoopWait | null {
    return (wanted === "held" && blockedWait(this.deps.db, this.loopId)) || null;
  }

  [Symbol.dispose](): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
  }
}

const lost = (hold: Exclude<LoopHold, "held">): Error =>
  hold === "gone" ? new LoopGone() : new HandedOver();

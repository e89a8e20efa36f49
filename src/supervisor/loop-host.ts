import type { Milliseconds } from "../core/duration.ts";
import { exists, type ForgeError, invalid, notFound, operationFailed } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { queueItemDraft } from "../core/queue-payload.ts";
import type { Instant } from "../core/time.ts";
import type { EndRequest } from "../runner/control.ts";
import type { RunnerDeps } from "../runner/deps.ts";
import type { RunnerOptions } from "../runner/runner.ts";
import { isDiskFull } from "../store/database-error.ts";
import { enqueue, finishPendingOfTypes, listPending } from "../store/loop-queue.ts";
import { findLoop } from "../store/loops.ts";
import { inTransactionAsync } from "../store/transaction.ts";
import { type HostedEnd, HostedRunner } from "./hosted-runner.ts";
import type { StopAnswer } from "./protocol.ts";

/** A runner that has come to its end needs a moment to give the loop back. */
const LEAVES_WITHIN_MS: Milliseconds = 5000;

type HowToRun = Omit<RunnerOptions, "control" | "onTaken" | "isSingle">;

export interface LoopHostDeps extends RunnerDeps {
  /** Called when a runner has ended and its loop can have another one. */
  readonly onEnded: (loopId: LoopId, end: HostedEnd) => void;
}

/** All loops that this process runs, each with one runner (spec/10 section 2.2). */
export class LoopHost {
  readonly #deps: LoopHostDeps;
  readonly #runners = new Map<LoopId, HostedRunner>();
  #request: EndRequest | undefined;

  constructor(deps: LoopHostDeps) {
    this.#deps = {
      ...deps,
      observer: { ...deps.observer, wakesAt: (id, until) => this.#setAlarm(id, until) },
    };
  }

  get runners(): readonly HostedRunner[] {
    return [...this.#runners.values()];
  }

  find(id: string): HostedRunner | undefined {
    return this.#runners.get(asLoopId(id));
  }

  /**
   * Starts a runner that begins anew, and resolves when a crash could not lose it any more. Throws `loop_id is required`,
   * `loop '<id>' not found`, `loop runner "<id>" already running`, and what the runner says.
   */
  async start(id: string): Promise<Loop> {
    const loop = this.#loop(id);
    await this.#leftBy(loop);
    await this.run(loop.id, {}).taken;
    return this.#loop(id);
  }

  /** Hosts a loop. Throws when it is hosted already, or this host takes no more. */
  run(id: LoopId, how: HowToRun): HostedRunner {
    if (this.#request !== undefined) throw operationFailed("forged is shutting down");
    if (this.#runners.has(id)) throw alreadyRuns(id);
    const runner = new HostedRunner(this.#deps, id, how);
    this.#runners.set(id, runner);
    runner.ended.then((end) => {
      this.#runners.delete(id);
      this.#deps.onEnded(id, end);
    });
    return runner;
  }

  /**
   * Wakes a loop, or with `force` ends its run and its runner as `kill` does, waiting so long for it. A loop that is not
   * hosted has ended.
   */
  async stop(id: string, { force, waitMs }: { force: boolean; waitMs: Milliseconds }): Promise<StopAnswer> {
    const runner = this.find(id);
    if (runner && force) {
      await this.#askToEnd(runner);
      await Promise.race([runner.ended, Bun.sleep(waitMs)]);
      if (!this.find(id)) await this.#dropKill(runner.loopId);
    } else if (runner) this.poke([runner.loopId]);
    const state = findLoop(this.#deps.db, asLoopId(id))?.state ?? "stopped";
    return { loop_id: id, state, ended: this.find(id) === undefined };
  }

  /** Has loops look at their queues and rows; all of them without ids. */
  poke(ids?: readonly string[]): void {
    this.#deps.wakeUps.poke(ids?.map(asLoopId));
  }

  /** Asks every runner to end so, and takes no more. Resolves when the last one has ended. */
  async end(request: EndRequest): Promise<void> {
    this.#request = request;
    for (const { control } of this.runners) control.ask(request);
    await Promise.all(this.runners.map(({ ended }) => ended));
  }

  #setAlarm(id: LoopId, until: Instant | undefined): void {
    const runner = this.#runners.get(id);
    if (runner) runner.wakesAt = until;
  }

  #loop(id: string): Loop {
    if (id.trim() === "") throw invalid("loop_id is required");
    const loop = findLoop(this.#deps.db, asLoopId(id));
    if (!loop) throw notFound(`loop '${id}' not found`);
    return loop;
  }

  /** Waits for a runner that is at its end, and takes the place of one that only settles what others have left. */
  async #leftBy({ id, state }: Loop): Promise<void> {
    const runner = this.#runners.get(id);
    if (runner === undefined) return;
    const isAtEnd = state === "stopped" || state === "error";
    if (!isAtEnd) throw alreadyRuns(id);
    if (runner.settlesOnly) runner.control.ask("hand over");
    await Promise.race([runner.ended, Bun.sleep(LEAVES_WITHIN_MS)]);
  }

  /** An order that nobody has read would end the next runner. */
  async #dropKill(id: LoopId): Promise<void> {
    const { db, now } = this.#deps;
    await inTransactionAsync(db, () => finishPendingOfTypes(db, id, ["kill_now"], "completed", now()));
  }

  /** By an order, which the next runner would find too; where the disk has no room for one, by a word. */
  async #askToEnd({ loopId, control }: HostedRunner): Promise<void> {
    try {
      await this.#enqueueKill(loopId);
    } catch (thrown) {
      if (!isDiskFull(thrown)) throw thrown;
      control.ask("shutdown");
    }
    this.poke([loopId]);
  }

  /** An order that stands in the queue already is not given twice: it would end the next runner. */
  async #enqueueKill(id: LoopId): Promise<void> {
    const { db, now } = this.#deps;
    await inTransactionAsync(db, () => {
      if (!findLoop(db, id) || listPending(db, id).some(({ type }) => type === "kill_now")) return;
      enqueue(db, id, [queueItemDraft({ type: "kill_now", payload: { reason: "operator" } })], now());
    });
  }
}

/** Ids come as text from the socket; whether there is such a loop is looked up. */
const asLoopId = (id: string): LoopId => id as LoopId;

const alreadyRuns = (id: string): ForgeError => exists(`loop runner "${id}" already running`);

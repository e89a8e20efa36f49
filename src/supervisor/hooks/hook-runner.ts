/**
 * Tells hooks of events (spec/30 section 11): who is to be told is written down first, then told, then marked. So an event
 * is told at least once, whenever the process is killed, and a hook that is slow or fails holds up nobody.
 */
import type { Config } from "../../config/config.ts";
import { hooksLockPath, hooksPath } from "../../config/paths.ts";
import type { Milliseconds } from "../../core/duration.ts";
import { toForgeError } from "../../core/errors.ts";
import { type Hook, retryDelay } from "../../core/hook.ts";
import type { World } from "../../core/world.ts";
import { FileLock } from "../../process/file-lock.ts";
import type { Db } from "../../store/database.ts";
import { findEvent } from "../../store/events.ts";
import { type HookDelivery, listPendingDeliveries, updateDelivery } from "../../store/hook-deliveries.ts";
import { inTransactionAsync } from "../../store/transaction.ts";
import { type CallResult, callHook } from "./call-hook.ts";
import { changeHooks, HookStore } from "./hook-store.ts";
import { hasUnplannedEvents, planDeliveries } from "./plan-deliveries.ts";

export interface HookRunnerDeps {
  /** Opened for writing. */
  readonly db: Db;
  readonly config: Config;
  readonly world: World;
  readonly warn: (text: string, fields: Readonly<Record<string, string>>) => void;
  /** Gets what commands print. */
  readonly onOutput?: ((bytes: Uint8Array) => void) | undefined;
  /** What `drain` waits for webhooks in all; 2 seconds when not given. */
  readonly webhooksWithin?: Milliseconds;
  /** Whether another process has precedence, and this one is to leave hooks to it. */
  readonly givesWay?: (() => boolean) | undefined;
}

/** Calls that are under way at once; of one hook fewer, so that one that hangs leaves place for others. */
const MOST_OF_A_KIND = { command: 8, webhook: 32 } as const;
const MOST_OF_A_HOOK = 4;
/** After a change; many changes come together. */
const LOOK_AFTER_MS: Milliseconds = 20;
/** Another process tells hooks just now, or the store cannot be read. */
const LOOK_AGAIN_MS: Milliseconds = 1000;
/** What webhooks may take in all where a command, or the end of a process, waits for them. */
const WEBHOOKS_WITHIN_MS: Milliseconds = 2000;
/** A command that is cut short gets some time to end. */
const CUT_WITHIN_MS: Milliseconds = 2500;
/** Retries that are due later let a supervisor end that has nothing else to do. */
const SOON_MS: Milliseconds = 60_000;

export class HookRunner implements Disposable {
  readonly #deps: HookRunnerDeps;
  readonly #store: HookStore;
  readonly #cut = new AbortController();
  readonly #cutWebhooks = new AbortController();
  /** Calls that are under way, by hook and event. */
  readonly #calls = new Map<string, { readonly hook: Hook; readonly done: Promise<void> }>();
  #lock: FileLock | undefined;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #look: Promise<void> | undefined;
  #dueAt: number | undefined;
  #isClosed = false;

  constructor(deps: HookRunnerDeps) {
    this.#deps = deps;
    this.#store = new HookStore(hooksPath(deps.config));
  }

  /** Something may have happened. Costs next to nothing. */
  wake = (): void => this.#lookIn(LOOK_AFTER_MS);

  /** Whether hooks are being told, or soon will be again. */
  get isBusy(): boolean {
    return this.#calls.size > 0 || (this.#dueAt !== undefined && this.#dueAt - this.#now() < SOON_MS);
  }

  /**
   * Tells everything that is due now, and returns when that is done; retries are left for later. Webhooks that take longer
   * than a moment are left as well: somebody waits for the end, and they can be called again.
   */
  async drain(): Promise<void> {
    const patience = setTimeout(
      () => this.#cutWebhooks.abort(),
      this.#deps.webhooksWithin ?? WEBHOOKS_WITHIN_MS,
    );
    try {
      await this.#drain();
    } finally {
      clearTimeout(patience);
    }
  }

  async #drain(): Promise<void> {
    do {
      await this.#lookNow();
      if (!this.#lock) return;
      while (this.#calls.size > 0) {
        await Promise.race([...this.#calls.values()].map(({ done }) => done));
        await this.#lookNow();
      }
      this.#giveLockBack();
      // Who came meanwhile has left its events to us.
    } while (this.#store.enabled().length > 0 && hasUnplannedEvents(this.#deps.db, this.#now()));
  }

  /** Tells what is due for so long, then cuts calls short: they are made again by the next process. */
  async end(within: Milliseconds): Promise<void> {
    await Promise.race([this.drain(), Bun.sleep(within)]);
    const calls = [...this.#calls.values()].map(({ done }) => done);
    this[Symbol.dispose]();
    await Promise.race([Promise.all(calls), Bun.sleep(CUT_WITHIN_MS)]);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#cut.abort();
    clearTimeout(this.#timer);
    this.#giveLockBack();
  }

  #lookIn(delay: Milliseconds): void {
    const at = performance.now() + delay;
    if (this.#isClosed || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => void this.#lookNow(), delay);
    this.#timer.unref();
  }

  /** One look at a time. */
  async #lookNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timerAt = Number.POSITIVE_INFINITY;
    while (this.#look) await this.#look;
    this.#look = this.#lookOnce().catch((thrown) => {
      this.#deps.warn("hooks cannot be told", { error: toForgeError(thrown).message });
      this.#lookIn(LOOK_AGAIN_MS);
    });
    await this.#look;
    this.#look = undefined;
  }

  async #lookOnce(): Promise<void> {
    const { db, world, givesWay } = this.#deps;
    if (this.#isClosed) return;
    const hooks = this.#store.enabled();
    if (hooks.length === 0 || givesWay?.()) {
      // What is under way would be told by the other one as well.
      if (this.#calls.size === 0) this.#giveLockBack();
      return;
    }
    if (!(await this.#takeLock())) return this.#lookIn(LOOK_AGAIN_MS);
    await planDeliveries(db, hooks, world.now);
    await this.#startDue(hooks);
  }

  async #takeLock(): Promise<boolean> {
    this.#lock ??= await FileLock.acquire(hooksLockPath(this.#deps.config), `${process.pid}\n`);
    return this.#lock !== undefined;
  }

  #giveLockBack(): void {
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
    this.#dueAt = undefined;
  }

  async #startDue(hooks: readonly Hook[]): Promise<void> {
    const { db } = this.#deps;
    const byId = new Map(hooks.map((hook) => [hook.id, hook]));
    const waiting = listPendingDeliveries(db, [...byId.keys()], 2 * MOST_OF_A_HOOK).filter(
      (delivery) => !this.#calls.has(keyOf(delivery)),
    );
    this.#dueAt = waiting[0]?.nextAt;
    for (const delivery of waiting) {
      const { nextAt = 0, hookId } = delivery;
      if (nextAt > this.#now()) return this.#lookIn(nextAt - this.#now());
      const hook = byId.get(hookId);
      if (!hook || !this.#hasRoomFor(hook)) continue;
      this.#start(hook, delivery);
      // Starting a process takes a moment; loops of this process go on between two.
      await new Promise(setImmediate);
      if (this.#isClosed) return;
    }
  }

  #hasRoomFor(hook: Hook): boolean {
    if (hook.kind === "webhook" && this.#cutWebhooks.signal.aborted) return false;
    const running = [...this.#calls.values()];
    const ofKind = running.filter((call) => call.hook.kind === hook.kind).length;
    const ofHook = running.filter((call) => call.hook.id === hook.id).length;
    return ofKind < MOST_OF_A_KIND[hook.kind] && ofHook < MOST_OF_A_HOOK;
  }

  #start(hook: Hook, delivery: HookDelivery): void {
    const key = keyOf(delivery);
    const done = this.#call(hook, delivery)
      .catch((thrown) =>
        this.#deps.warn("a delivery cannot be recorded", { error: toForgeError(thrown).message }),
      )
      .finally(() => {
        this.#calls.delete(key);
        this.wake();
      });
    this.#calls.set(key, { hook, done });
  }

  async #call(hook: Hook, delivery: HookDelivery): Promise<void> {
    const { db, world, onOutput } = this.#deps;
    const event = findEvent(db, delivery.eventId);
    const result: CallResult = event
      ? await callHook(hook, event, { world, onOutput, signal: this.#cutFor(hook) })
      : { failure: "the event was removed" };
    if (result.failure !== undefined && result.isCut) return;
    const attempts = delivery.attempts + 1;
    const retries = event !== undefined && hook.kind === "webhook" && !isGone(result);
    await this.#record(delivery, attempts, result, retries);
    if (isGone(result)) await this.#disable(hook);
  }

  #cutFor({ kind }: Hook): AbortSignal {
    const all = this.#cut.signal;
    return kind === "webhook" ? AbortSignal.any([all, this.#cutWebhooks.signal]) : all;
  }

  async #record(
    delivery: HookDelivery,
    attempts: number,
    { failure }: CallResult,
    retries: boolean,
  ): Promise<void> {
    const { db, world, warn } = this.#deps;
    const now = this.#now();
    const delay = failure !== undefined && retries ? retryDelay(attempts, world.random()) : undefined;
    const state = failure === undefined ? "done" : delay === undefined ? "dead" : "pending";
    const nextAt = delay === undefined ? undefined : now + delay;
    if (failure !== undefined) {
      const { hookId, eventId } = delivery;
      warn("hook failed", {
        hook: hookId,
        event: eventId,
        attempts: String(attempts),
        state,
        error: failure,
      });
    }
    await inTransactionAsync(db, () =>
      updateDelivery(db, delivery, { attempts, state, nextAt, lastError: failure }, now),
    );
  }

  /** The receiver has said that it is gone for good. */
  async #disable({ id }: Hook): Promise<void> {
    await changeHooks(hooksPath(this.#deps.config), (hooks) => ({
      hooks: hooks.map((hook) =>
        hook.id === id ? { ...hook, enabled: false, updatedAt: this.#now() } : hook,
      ),
      answer: undefined,
    }));
    this.#deps.warn("hook disabled", { hook: id, reason: "status 410" });
  }

  #now(): number {
    return this.#deps.world.now();
  }
}

const isGone = (result: CallResult): boolean => result.failure !== undefined && result.isGone === true;

const keyOf = ({ hookId, eventId }: Pick<HookDelivery, "hookId" | "eventId">): string =>
  `${hookId} ${eventId}`;

import type { Instant } from "../core/time.ts";
import { OutputCopier } from "../process/copy-output.ts";
import { findLoop } from "../store/loops.ts";
import type { ActiveRun } from "./active-run.ts";
import type { LiveReading } from "./live/live-run.ts";
import type { Session } from "./session.ts";

/** Pieces that come faster than this are copied together: who reads a log sees no difference. */
const COPY_EVERY_MS = 25;

export interface OutputPlan {
  readonly live: LiveReading;
  /** Bytes that are in the log already. */
  readonly copied: number;
  /** Called when the output has grown. */
  readonly onGrown: () => void;
}

/**
 * The way of a run's output into the log of its loop, read by the adapter of its profile on the way. A full disk is no
 * reason to end a run: its own file has it all.
 */
export class RunOutput {
  readonly #session: Session;
  readonly #copier: OutputCopier;
  readonly #plan: OutputPlan;
  #timer: Timer | undefined;
  #firstAt: Instant | undefined;
  #isClosed = false;

  constructor(session: Session, { folder }: ActiveRun, plan: OutputPlan) {
    this.#session = session;
    this.#plan = plan;
    this.#copier = new OutputCopier(folder.output, (bytes) => this.#take(bytes));
  }

  /** When the first output was seen; undefined when an earlier runner saw it. */
  get firstAt(): Instant | undefined {
    return this.#firstAt;
  }

  /** Copies in a moment what is there then. */
  copySoon(): void {
    this.#timer ??= setTimeout(() => this.copy(), COPY_EVERY_MS);
  }

  /** Copies what is there now. */
  async copy(): Promise<void> {
    this.#clearTimer();
    // A look at a run may still be under way when the run has been settled.
    if (this.#isClosed) return;
    const before = this.#copier.position;
    await this.#copier.copy().catch(() => {});
    // Who closes it does not wait for a copy that was under way.
    if (this.#copier.position > before && !this.#isClosed) this.#grown();
  }

  async close(): Promise<void> {
    this.#clearTimer();
    this.#isClosed = true;
    await this.#copier.close();
  }

  /** What an earlier runner has copied is only read. */
  async #take(bytes: Uint8Array): Promise<void> {
    const { live, copied } = this.#plan;
    const { position } = this.#copier;
    live.read(bytes, position);
    const fresh = bytes.subarray(Math.max(0, copied - position));
    if (fresh.length > 0) await this.#session.log.output(fresh);
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #grown(): void {
    const { loopId, log, deps } = this.#session;
    if (this.#plan.copied === 0) this.#firstAt ??= this.#session.now();
    this.#plan.onGrown();
    if (deps.observer?.logGrown === undefined) return;
    const loop = findLoop(deps.db, loopId);
    if (loop) deps.observer.logGrown(loop, log.path, log.size);
  }
}

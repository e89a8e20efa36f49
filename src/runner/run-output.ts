import type { Instant } from "../core/time.ts";
import { OutputCopier } from "../process/copy-output.ts";
import { findLoop } from "../store/loops.ts";
import type { ActiveRun } from "./active-run.ts";
import type { Session } from "./session.ts";

/** Pieces that come faster than this are copied together: who reads a log sees no difference. */
const COPY_EVERY_MS = 25;

/** The way of a run's output into the log of its loop. A full disk is no reason to end a run: its own file has it all. */
export class RunOutput {
  readonly #session: Session;
  readonly #copier: OutputCopier;
  #timer: Timer | undefined;
  #firstAt: Instant | undefined;
  #isClosed = false;

  /** Goes on behind `copied` bytes, which are in the log already. */
  constructor(session: Session, { folder }: ActiveRun, copied: number) {
    this.#session = session;
    this.#copier = new OutputCopier(folder.output, (bytes) => session.log.output(bytes), copied);
  }

  /** When the first output was seen. */
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

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #grown(): void {
    const { loopId, log, deps } = this.#session;
    this.#firstAt ??= this.#session.now();
    if (deps.observer?.logGrown === undefined) return;
    const loop = findLoop(deps.db, loopId);
    if (loop) deps.observer.logGrown(loop, log.path, log.size);
  }
}

import type { Milliseconds } from "../core/duration.ts";

/** The longest that one timer can wait; larger numbers would fire at once. */
const LONGEST_TIMER_MS = 24 * 60 * 60_000;

/** Waits for a call from anywhere or for time to pass. A call that comes while nobody waits is not lost. */
export class Attention {
  #called = false;
  #wake: (() => void) | undefined;

  call(): void {
    this.#called = true;
    this.#wake?.();
  }

  /** Resolves at the next call, or when the time has passed. */
  async next(atMost: Milliseconds): Promise<void> {
    if (!this.#called) await this.#callOrTimer(atMost);
    this.#called = false;
  }

  async #callOrTimer(atMost: Milliseconds): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.min(atMost, LONGEST_TIMER_MS));
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }
}

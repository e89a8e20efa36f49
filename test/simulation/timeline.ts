import type { Instant } from "../../src/core/time.ts";

/** Things to come on a clock that jumps from one to the next. Things of one moment happen in the order in which they were planned. */
export class Timeline {
  now: Instant;
  readonly #planned: { at: Instant; order: number; happen: () => void }[] = [];
  #order = 0;

  constructor(start: Instant) {
    this.now = start;
  }

  at(when: Instant, happen: () => void): void {
    const entry = { at: Math.max(when, this.now), order: this.#order++, happen };
    const place = this.#planned.findLastIndex(({ at }) => at <= entry.at) + 1;
    this.#planned.splice(place, 0, entry);
  }

  after(delay: number, happen: () => void): void {
    this.at(this.now + delay, happen);
  }

  /** Lets everything happen up to a moment; `before` is asked each time the clock is about to move, with the moment to which. */
  runUntil(end: Instant, before: (next: Instant) => void): void {
    for (;;) {
      const next = this.#planned[0];
      if (next === undefined || next.at > end) return;
      if (next.at > this.now) before(next.at);
      this.#planned.shift();
      this.now = next.at;
      next.happen();
    }
  }
}

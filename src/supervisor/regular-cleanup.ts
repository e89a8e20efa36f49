import { closeSync, openSync, statSync, utimesSync } from "node:fs";
import type { Milliseconds } from "../core/duration.ts";
import type { Clock } from "../core/time.ts";

const LOOK_EVERY_MS: Milliseconds = 60_000;
/** Loops are taken up before. */
const FIRST_LOOK_MS: Milliseconds = 1000;

export interface CleanupDeps {
  /** A file whose time is that of the last cleanup: supervisors may live shorter than the pause between two. */
  readonly markPath: string;
  readonly every: Milliseconds;
  readonly now: Clock;
  /** Begins one. In a process of its own: what it deletes must not hold up loops. */
  readonly begin: () => void;
  /** What has kept one from beginning. */
  readonly onFailure: (thrown: unknown) => void;
}

/** Has the configured limits applied again and again while the supervisor lives (spec/30 section 21). */
export class RegularCleanup implements Disposable {
  readonly #deps: CleanupDeps;
  readonly #first: Timer;
  readonly #timer: Timer;

  constructor(deps: CleanupDeps) {
    this.#deps = deps;
    this.#first = setTimeout(this.look, FIRST_LOOK_MS);
    this.#timer = setInterval(this.look, LOOK_EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#first);
    clearInterval(this.#timer);
  }

  /** Begins a cleanup if one is due. Never throws. */
  readonly look = (): void => {
    const { every, now, begin, onFailure } = this.#deps;
    try {
      const last = this.#last();
      // A clock that was set back must not put the next one off for ever.
      if (last !== undefined && last <= now() && now() - last < every) return;
      this.#mark();
      // Where there was none before there is nothing that is old enough.
      if (last !== undefined) begin();
    } catch (thrown) {
      onFailure(thrown);
    }
  };

  #last(): number | undefined {
    return statSync(this.#deps.markPath, { throwIfNoEntry: false })?.mtimeMs;
  }

  #mark(): void {
    const { markPath, now } = this.#deps;
    closeSync(openSync(markPath, "a", 0o600));
    const at = new Date(now());
    utimesSync(markPath, at, at);
  }
}

import type { Milliseconds } from "../../core/duration.ts";
import type { OwnEnd } from "../run-outcome.ts";
import type { LiveRun } from "./live-run.ts";

/** Watches a run that goes on, for a reason to end it or to tell somebody of it. */
export interface RunGuard {
  /**
   * Looks at the run: at its start, at once when it has answered first or says that it is done, at most once a second when
   * it prints, and after the time that it has asked for.
   */
  readonly look: (live: LiveRun) => GuardAnswer | Promise<GuardAnswer>;
}

export interface GuardAnswer {
  /** Why the run must not go on. */
  readonly end?: OwnEnd | undefined;
  /** When to look again though nothing is printed; not at all when left out. */
  readonly againIn?: Milliseconds | undefined;
}

/** The shortest time between two looks at a run that prints without pause. */
const LOOK_EVERY_MS = 1000;

/** The guards of one run, asked together. */
export class RunGuards {
  readonly #guards: readonly RunGuard[];
  readonly #live: LiveRun;
  readonly #call: () => void;
  #stage = 0;
  #lookedAt = 0;
  #nextLookAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  /** `call` has whoever follows the run look again. */
  constructor(guards: readonly RunGuard[], live: LiveRun, call: () => void) {
    this.#guards = guards;
    this.#live = live;
    this.#call = call;
  }

  /** Until a guard wants to look again; infinite when none does. */
  get nextLookIn(): Milliseconds {
    return Math.max(0, this.#nextLookAt - performance.now());
  }

  /** The first reason to end the run. */
  async look(): Promise<OwnEnd | undefined> {
    this.#lookedAt = performance.now();
    this.#stage = stageOf(this.#live);
    this.#nextLookAt = Number.POSITIVE_INFINITY;
    this.stop();
    for (const guard of this.#guards) {
      const { end, againIn = Number.POSITIVE_INFINITY } = await guard.look(this.#live);
      if (end !== undefined) return end;
      this.#nextLookAt = Math.min(this.#nextLookAt, this.#lookedAt + againIn);
    }
    return undefined;
  }

  /** Something was printed. */
  noteOutput(): void {
    if (stageOf(this.#live) !== this.#stage) this.#call();
    else
      this.#timer ??= setTimeout(this.#call, Math.max(0, this.#lookedAt + LOOK_EVERY_MS - performance.now()));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** What guards hear of at once when it changes. */
const stageOf = ({ hasAnswered, doneAt }: LiveRun): number =>
  (hasAnswered ? 1 : 0) + (doneAt === undefined ? 0 : 2);

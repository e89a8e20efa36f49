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
/** The longest that one timer can wait; larger numbers would fire at once. */
const LONGEST_TIMER_MS = 24 * 60 * 60_000;

type Verdict = { readonly end: OwnEnd } | { readonly failure: unknown };

/**
 * The guards of one run, asked together. They look by themselves and may take their time, such as for a search of a large
 * repository: nobody waits for them, so that an order is carried out at once all the same.
 */
export class RunGuards {
  readonly #guards: readonly RunGuard[];
  readonly #live: LiveRun;
  readonly #call: () => void;
  #stage = 0;
  #lookedAt = 0;
  #timer: Timer | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #isLooking = false;
  #looksAgain = false;
  #isStopped = false;
  #verdict: Verdict | undefined;

  /** `call` tells whoever follows the run that there is a reason to end it. */
  constructor(guards: readonly RunGuard[], live: LiveRun, call: () => void) {
    this.#guards = guards;
    this.#live = live;
    this.#call = call;
  }

  /** The first reason to end the run that a look has found. Throws what a look has thrown. */
  get end(): OwnEnd | undefined {
    if (this.#verdict === undefined) return undefined;
    if ("failure" in this.#verdict) throw this.#verdict.failure;
    return this.#verdict.end;
  }

  /** Looks at the run now, or once more when a look is under way. */
  look(): void {
    if (this.#isStopped || this.#verdict !== undefined) return;
    if (this.#isLooking) this.#looksAgain = true;
    else void this.#lookOnce();
  }

  /** Something was printed. */
  noteOutput(): void {
    if (stageOf(this.#live) !== this.#stage) this.look();
    else this.#lookAt(this.#lookedAt + LOOK_EVERY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#clearTimer();
  }

  async #lookOnce(): Promise<void> {
    this.#isLooking = true;
    this.#looksAgain = false;
    this.#clearTimer();
    this.#lookedAt = performance.now();
    this.#stage = stageOf(this.#live);
    try {
      await this.#ask();
    } catch (failure) {
      this.#decide({ failure });
    }
    this.#isLooking = false;
    if (this.#looksAgain) this.look();
  }

  async #ask(): Promise<void> {
    for (const guard of this.#guards) {
      const { end, againIn } = await guard.look(this.#live);
      if (this.#isStopped) return;
      if (end !== undefined) return this.#decide({ end });
      if (againIn !== undefined) this.#lookAt(performance.now() + againIn);
    }
  }

  #decide(verdict: Verdict): void {
    if (this.#isStopped) return;
    this.#verdict = verdict;
    this.#clearTimer();
    this.#call();
  }

  /** The soonest of several moments counts. */
  #lookAt(at: Milliseconds): void {
    if (this.#isStopped || at >= this.#dueAt) return;
    this.#clearTimer();
    this.#dueAt = at;
    const wait = Math.min(Math.max(0, at - performance.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.look(), wait);
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}

/** What guards hear of at once when it changes. */
const stageOf = ({ hasAnswered, doneAt }: LiveRun): number =>
  (hasAnswered ? 1 : 0) + (doneAt === undefined ? 0 : 2);

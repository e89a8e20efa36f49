import type { Milliseconds } from "../../core/duration.ts";
import { CpuSign } from "./cpu-sign.ts";
import type { LiveRun } from "./live-run.ts";
import type { GuardAnswer, RunGuard } from "./run-guards.ts";

/** When a run counts as stalled (spec/15 section 6). Milliseconds; 0: never. */
export interface StallRules {
  /** Without a byte of output since its start. */
  readonly firstOutput: Milliseconds;
  /** Without a sign of life; twice that inside a tool call. */
  readonly stall: Milliseconds;
  /** The part of one core from which on its processes are at work. */
  readonly busyFrom: number;
  /** Whether a run without signs of life is ended; else it is only told of. */
  readonly isEnded: (live: LiveRun) => boolean;
}

/** Where signs of life are looked for beside the output that was read. Times as in `LiveRun`. */
export interface LifeSensors {
  readonly now: () => Milliseconds;
  /** Reads what was printed up to now. Answers how many bytes there are. */
  readonly refresh: () => Promise<number>;
  /** CPU time of the process tree, no older than told; undefined when it is not known. */
  readonly cpuTime: (maxAge: Milliseconds) => Milliseconds | undefined;
  /** Whether the work has changed within so much time. */
  readonly hasChangedWithin: (time: Milliseconds) => Promise<boolean>;
}

/** Hears what becomes of a silent run. */
export interface StallReports {
  readonly quiet: (silentFor: Milliseconds) => Promise<void>;
  readonly active: () => Promise<void>;
  readonly stalled: (silentFor: Milliseconds) => void;
}

const LONGEST_SAMPLE_PAUSE_MS = 15_000;
const LONGEST_CPU_WINDOW_MS = 60_000;
/** Looks between the beginning of silence and its limit, at least. */
const LOOKS = 16;
/** Retries in a row that tell no more of the work than silence does. */
const RETRIES_LIKE_SILENCE = 10;

interface Silence {
  readonly silentFor: Milliseconds;
  /** After which it counts as a stall. */
  readonly limit: Milliseconds;
  readonly isEnded: boolean;
}

/** Ends a run that gives no sign of life, after a word of warning at half the time. */
export class StallGuard implements RunGuard {
  readonly #rules: StallRules;
  readonly #sensors: LifeSensors;
  readonly #reports: StallReports;
  readonly #startedAt: Milliseconds;
  readonly #samplePause: Milliseconds;
  readonly #cpu: CpuSign;
  readonly #notBefore: Milliseconds;
  #bytes: number | undefined;
  #bytesAt = Number.NEGATIVE_INFINITY;
  #cpuAt = Number.NEGATIVE_INFINITY;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #filesAt = Number.NEGATIVE_INFINITY;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #isQuiet = false;

  /** `startedAt` may lie before this object: a runner that takes a run up gives it at least half of the time more. */
  constructor(rules: StallRules, sensors: LifeSensors, reports: StallReports, startedAt: Milliseconds) {
    this.#rules = rules;
    this.#sensors = sensors;
    this.#reports = reports;
    this.#startedAt = startedAt;
    this.#samplePause = Math.min(LONGEST_SAMPLE_PAUSE_MS, rules.stall / LOOKS);
    this.#cpu = new CpuSign(Math.min(LONGEST_CPU_WINDOW_MS, rules.stall / 2), rules.busyFrom);
    this.#notBefore = Math.max(startedAt, sensors.now() - rules.stall / 2);
  }

  async look(live: LiveRun): Promise<GuardAnswer> {
    const first = await this.#firstOutput(live);
    if (first.end !== undefined || this.#rules.stall === 0) return first;
    const { end, againIn = this.#samplePause } = await this.#ladder(live);
    return { end, againIn: Math.min(againIn, first.againIn ?? againIn) };
  }

  async #firstOutput({ bytes }: LiveRun): Promise<GuardAnswer> {
    const { firstOutput } = this.#rules;
    if (firstOutput === 0 || bytes > 0) return {};
    const silentFor = this.#sensors.now() - this.#startedAt;
    if (silentFor < firstOutput) return { againIn: firstOutput - silentFor };
    if ((await this.#sensors.refresh()) > 0) return {};
    this.#reports.stalled(silentFor);
    return { end: { kind: "stall" } };
  }

  async #ladder(live: LiveRun): Promise<GuardAnswer> {
    const limit = this.#rules.stall * (live.toolsInProgress > 0 ? 2 : 1);
    let silentFor = this.#silence(live);
    if (silentFor >= this.#samplePause) silentFor = await this.#sample(live);
    const isEnded = silentFor >= limit / 2 && this.#rules.isEnded(live);
    if (silentFor >= limit / 2) silentFor = await this.#search(live, { silentFor, limit, isEnded });
    const { now } = this.#sensors;
    if (silentFor < limit / 2) {
      if (this.#isQuiet) await this.#reports.active();
      this.#isQuiet = false;
      return { againIn: Math.min(this.#nextSampleIn(now()), limit / 2 - silentFor) };
    }
    if (!this.#isQuiet) await this.#reports.quiet(silentFor);
    this.#isQuiet = true;
    const againIn = this.#nextSampleIn(now());
    if (!isEnded) return { againIn };
    if (silentFor < limit) return { againIn: Math.min(againIn, limit - silentFor) };
    this.#reports.stalled(silentFor);
    return { end: { kind: "stall" } };
  }

  /** How long there was no sign of life, as far as it was looked for. */
  #silence({ retriesInRow, lastByteAt, lastEventAt, lastWorkAt }: LiveRun): Milliseconds {
    const told =
      retriesInRow < RETRIES_LIKE_SILENCE ? [lastByteAt, lastEventAt, this.#bytesAt] : [lastWorkAt];
    const signs = [...told, this.#cpuAt, this.#filesAt].filter((at) => at !== undefined);
    return this.#sensors.now() - Math.max(...signs, this.#notBefore);
  }

  /** Looks at the output, also at what could not be copied, and at the processes. */
  async #sample(live: LiveRun): Promise<Milliseconds> {
    const { now, refresh, cpuTime } = this.#sensors;
    const bytes = await refresh();
    const at = now();
    if (bytes > (this.#bytes ?? bytes)) this.#bytesAt = at;
    this.#bytes = bytes;
    if (this.#slotOf(at) > this.#slotOf(this.#sampledAt)) {
      this.#sampledAt = at;
      const total = cpuTime(this.#samplePause / LOOKS);
      if (total !== undefined && this.#cpu.worksAt(at, total)) this.#cpuAt = at;
    }
    return this.#silence(live);
  }

  /** Samples of all runs fall into the same moments, so that one look at the processes serves them all. */
  #slotOf(at: Milliseconds): number {
    return Math.floor(at / this.#samplePause);
  }

  #nextSampleIn(at: Milliseconds): Milliseconds {
    return (this.#slotOf(at) + 1) * this.#samplePause - at;
  }

  /** Looks at the work: the dearest question, asked last and not often. */
  async #search(live: LiveRun, { silentFor, limit, isEnded }: Silence): Promise<Milliseconds> {
    const { now, hasChangedWithin } = this.#sensors;
    // Where nothing hangs on it, only now and then.
    const pause = isEnded ? Math.max(this.#samplePause, limit / LOOKS) : limit / 2;
    const isLast = isEnded && silentFor >= limit;
    if (!isLast && now() - this.#searchedAt < pause) return silentFor;
    this.#searchedAt = now();
    if (await hasChangedWithin(Math.min(silentFor, limit / 2))) this.#filesAt = this.#searchedAt;
    return this.#silence(live);
  }
}

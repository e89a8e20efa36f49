import type { Milliseconds } from "../../core/duration.ts";

interface Sample {
  readonly at: Milliseconds;
  /** CPU time since the sample before. */
  readonly grown: Milliseconds;
}

/** Tells from samples of CPU time whether a process tree was at work in the last minute. */
export class CpuSign {
  readonly #window: Milliseconds;
  readonly #share: number;
  #samples: Sample[] = [];
  #total: Milliseconds | undefined;

  /** `share` is the part of one core from which on a process tree is at work. */
  constructor(window: Milliseconds, share: number) {
    this.#window = window;
    this.#share = share;
  }

  /** Takes a sample; whether the tree has worked in the time that this object looks back to. */
  worksAt(at: Milliseconds, total: Milliseconds): boolean {
    // A process that is gone takes its time along where nobody has waited for it.
    const grown = Math.max(0, total - (this.#total ?? total));
    this.#total = total;
    const [oldest, ...later] = [
      ...this.#samples.filter((sample) => at - sample.at <= this.#window),
      { at, grown },
    ];
    this.#samples = oldest === undefined ? later : [oldest, ...later];
    const covered = at - (oldest?.at ?? at);
    const used = later.reduce((sum, sample) => sum + sample.grown, 0);
    // From the first samples on what was used is held against the whole time.
    return used >= this.#share * (covered < this.#window / 2 ? this.#window : covered);
  }
}

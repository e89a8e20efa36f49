const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Turns the signals that ask a program to end into an `AbortSignal`, for as long as it is in use. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  #by: (typeof SIGNALS)[number] | undefined;
  readonly #stop = (signal: NodeJS.Signals) => {
    this.#by ??= SIGNALS.find((name) => name === signal);
    this.#controller.abort();
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#stop);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Which signal came first; undefined as long as none did. */
  get by(): (typeof SIGNALS)[number] | undefined {
    return this.#by;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#stop);
  }
}

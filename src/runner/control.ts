/**
 * How a runner may be asked to end from outside its loop's queue, from the mildest to the strongest:
 * - `drain`: after the run that is going on;
 * - `shutdown`: now, its harness being ended with the usual grace;
 * - `shutdown at once`: the same without grace;
 * - `hand over`: now, the harness being left to the next runner and every row as it is.
 */
export const END_REQUESTS = ["drain", "shutdown", "shutdown at once", "hand over"] as const;
export type EndRequest = (typeof END_REQUESTS)[number];

/** The outside's hold on one runner. */
export class RunnerControl {
  #request: EndRequest | undefined;
  readonly #listeners = new Set<() => void>();

  /** The strongest request so far. */
  get request(): EndRequest | undefined {
    return this.#request;
  }

  /** Whether the harness must not go on. */
  get endsRun(): boolean {
    return this.#request === "shutdown" || this.#request === "shutdown at once";
  }

  ask(request: EndRequest): void {
    if (this.#request !== undefined && END_REQUESTS.indexOf(request) <= END_REQUESTS.indexOf(this.#request))
      return;
    this.#request = request;
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}

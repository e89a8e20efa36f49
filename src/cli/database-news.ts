import type { Milliseconds } from "../core/duration.ts";
import { LOOP_EVENT_TYPES } from "../core/event-types.ts";
import { type Db, dataVersion } from "../store/database.ts";
import type { SupervisorCaller } from "../supervisor/address.ts";
import { isSupervisorAlive } from "../supervisor/client.ts";
import { listenForEvents } from "../supervisor/event-listener.ts";

/** The net: what other processes write while no supervisor tells of it. */
const LOOK_EVERY_MS: Milliseconds = 250;
/** Changes that follow each other within this time are told of once. */
const GATHER_MS: Milliseconds = 50;

const TYPES = [...LOOP_EVENT_TYPES, "loop.state_changed", "queue.changed"];

/** Tells when the database may have changed: by the events of the supervisor, and where none come, by looks at its version. */
export class DatabaseNews {
  #isListening = false;
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(
    private readonly caller: SupervisorCaller,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.#wake());
  }

  /**
   * Waits until another process has committed since `version` was read, but at most so long, and not on when the signal
   * aborts. Throws when the environment names a supervisor that cannot be one.
   */
  async next(db: Db, version: number, atMost: Milliseconds): Promise<void> {
    this.#listen();
    const deadline = performance.now() + atMost;
    await this.#sleep(GATHER_MS);
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const left = deadline - performance.now();
      if (left <= 0 || this.signal.aborted || dataVersion(db) !== version) return;
      await this.#sleep(Math.min(left, LOOK_EVERY_MS));
    }
  }

  /** Begun again each time, because supervisors come and go. */
  #listen(): void {
    if (this.#isListening || !isSupervisorAlive(this.caller)) return;
    this.#isListening = true;
    listenForEvents(this.caller, TYPES, () => this.#wake(), this.signal)
      .catch((thrown) => {
        this.#failure = thrown;
      })
      .finally(() => {
        this.#isListening = false;
        this.#wake();
      });
  }

  async #sleep(duration: Milliseconds): Promise<void> {
    if (this.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, duration);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }
}

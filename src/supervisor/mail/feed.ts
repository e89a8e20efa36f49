import { Follower } from "../../mail/store/follower.ts";
import type { StoredMessage } from "../../mail/store/read-message.ts";
import type { Store } from "../../mail/store/store.ts";

/**
 * Hands every new message of a store to those who want them, also what other programs write into it. Looks at the store only
 * as long as somebody wants to know.
 */
export class MailFeed {
  readonly #store: Store;
  readonly #receivers = new Set<(stored: StoredMessage) => void>();
  #follower: Follower | undefined;
  #end = new AbortController();

  constructor(store: Store) {
    this.#store = store;
  }

  get receivers(): number {
    return this.#receivers.size;
  }

  /** From here on every message that appears is given to `receive`, once. Throws what looking at the store says. */
  subscribe(receive: (stored: StoredMessage) => void): Disposable {
    this.#receivers.add(receive);
    try {
      if (this.#follower === undefined) this.#follow();
    } catch (thrown) {
      this.#receivers.delete(receive);
      throw thrown;
    }
    return {
      [Symbol.dispose]: () => {
        this.#receivers.delete(receive);
        if (this.#receivers.size === 0) this.#rest();
      },
    };
  }

  /** Gives a message that was just stored at once: the system would tell of it a moment later. */
  publish(stored: StoredMessage): void {
    if (this.#follower?.skip(stored)) this.#give(stored);
  }

  /** Whether the message at a path has been given to all who were there. */
  hasGiven(path: string): boolean {
    return this.#follower?.hasSeen(path) ?? false;
  }

  #follow(): void {
    this.#follower = new Follower(this.#store, () => true);
    this.#end = new AbortController();
    void this.#giveAll(this.#follower, this.#end.signal);
  }

  async #giveAll(follower: Follower, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) for (const stored of await follower.next(signal)) this.#give(stored);
  }

  #give(stored: StoredMessage): void {
    for (const receive of this.#receivers) receive(stored);
  }

  #rest(): void {
    this.#end.abort();
    this.#follower?.[Symbol.dispose]();
    this.#follower = undefined;
  }
}

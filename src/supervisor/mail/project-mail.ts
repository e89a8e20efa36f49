import { hostname } from "node:os";
import type { Clock } from "../../core/time.ts";
import { ensureProject, projectId, storedProjectId } from "../../mail/project/project-file.ts";
import { storeFolder } from "../../mail/project/root.ts";
import type { Message } from "../../mail/rules/message.ts";
import type { Target } from "../../mail/rules/target.ts";
import { touchAgent } from "../../mail/store/agents.ts";
import { withLock } from "../../mail/store/lock.ts";
import { type Draft, sendMessage } from "../../mail/store/send-message.ts";
import { openStore, type Store } from "../../mail/store/store.ts";
import { storeForeign } from "../../mail/store/store-foreign.ts";
import { MailFeed } from "./feed.ts";
import type { Requester } from "./request.ts";

/** How often who listens is written down (spec/50 section 5.3). */
const PRESENCE_MS = 5_000;

export interface MailSettings {
  readonly now: Clock;
  readonly random: () => number;
  /** Is told what could not be done, and what could not be read. */
  readonly warn: (text: string) => void;
}

/** The mail of one project, as this process serves it to its clients. */
export class ProjectMail {
  readonly root: string;
  readonly store: Store;
  readonly feed: MailFeed;
  readonly #listeners = new Map<string, { count: number; readonly timer: Timer }>();
  #derivedId: string | undefined;
  #lastSend: Promise<unknown> = Promise.resolve();

  constructor(root: string, { now, random, warn }: MailSettings) {
    this.root = root;
    this.store = openStore({ folder: storeFolder(root), now, random, host: hostname(), warn });
    this.feed = new MailFeed(this.store);
  }

  /** The environment of this process says nothing about a project. Throws `invalid project root: /`. */
  get id(): string {
    const stored = storedProjectId(this.store);
    if (stored !== undefined) return stored;
    // Asks git, which takes too long to be asked again and again.
    this.#derivedId ??= projectId(this.store, this.root, { env: {} });
    return this.#derivedId;
  }

  /**
   * Stores a message, tells all who listen, and gives its id. One after the other: the lock of the store is looked at every few
   * milliseconds, which many senders here would wait for. Throws what `sendMessage` throws.
   */
  send(draft: Draft): Promise<string> {
    return this.#inTurn(async () => {
      ensureProject(this.store, this.root, { env: {} });
      const stored = await sendMessage(this.store, draft);
      this.feed.publish(stored);
      return stored.message.id;
    });
  }

  /** Stores a message of another host under its own id, unless it is there, and tells all who listen. */
  takeOver(message: Message, target: Target): Promise<void> {
    return this.#inTurn(async () => {
      const stored = await storeForeign(this.store, message, target);
      if (stored) this.feed.publish(stored);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const working = this.#lastSend.then(work);
    this.#lastSend = working.catch(() => {});
    return working;
  }

  /** Shows an agent as present until the answer is disposed of. */
  listens(by: Requester): Disposable {
    const key = `${by.agent} ${by.host ?? ""}`;
    const listener = this.#listeners.get(key) ?? this.#newListener(by);
    this.#listeners.set(key, listener);
    listener.count++;
    return {
      [Symbol.dispose]: () => {
        listener.count--;
        if (listener.count > 0) return;
        clearInterval(listener.timer);
        this.#listeners.delete(key);
      },
    };
  }

  #newListener({ agent, host }: Requester) {
    const refresh = async () => {
      try {
        await withLock(this.store, () => touchAgent(this.store, agent, { host }));
      } catch {
        // Mail works without it.
      }
    };
    void refresh();
    return { count: 0, timer: setInterval(refresh, PRESENCE_MS) };
  }
}

import type { Target } from "../rules/target.ts";
import { listBoxes } from "./boxes.ts";
import { lookAt } from "./read-message.ts";
import { newestNames } from "./recent-names.ts";
import type { Store } from "./store.ts";

/** So many of a topic's newest messages are looked at, the first time. */
const LOOKED_AT = 500;

/**
 * Finds the topics that an agent has posted to. Messages never change, so each is looked at once: what is known stays here for
 * the next question.
 */
export class PostedTopics {
  readonly #found = new Set<string>();
  /** The newest id that was looked at, by topic. */
  readonly #lookedAt = new Map<string, string>();

  constructor(private readonly self: string) {}

  /** The topics of a store in which there is a message of the agent among the newest. */
  find(store: Store): Target[] {
    return listBoxes(store, "topic").filter((topic) => this.#holdsOwn(store, topic));
  }

  #holdsOwn(store: Store, topic: Target): boolean {
    if (this.#found.has(topic.name)) return true;
    const since = this.#lookedAt.get(topic.name) ?? "";
    const ids = newestNames(store, topic).ids.slice(-LOOKED_AT);
    const isOwn = (id: string) => {
      const look = lookAt(store, topic, id);
      return look.kind === "message" && look.stored.message.from === this.self;
    };
    const isFound = ids.findLast((id) => id > since && isOwn(id)) !== undefined;
    if (isFound) this.#found.add(topic.name);
    this.#lookedAt.set(topic.name, ids.at(-1) ?? since);
    return isFound;
  }
}

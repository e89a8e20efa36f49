import type { World } from "../core/world.ts";
import { ensureProject } from "../mail/project/project-file.ts";
import type { Target } from "../mail/rules/target.ts";
import type { StoredMessage } from "../mail/store/read-message.ts";
import { type Draft, sendMessage } from "../mail/store/send-message.ts";
import type { Mailbox } from "./mailbox.ts";

/**
 * How a command's messages leave and arrive. The files are one way; the supervisor's socket will be another, chosen here and
 * nowhere else.
 */
export interface Post {
  /** Resolves once the message is stored. */
  send(draft: Draft): Promise<StoredMessage>;
  /** Messages that appear from now on in the boxes that `includes` accepts. */
  arrivals(includes: (target: Target) => boolean): Promise<Arrivals>;
}

export interface Arrivals extends Disposable {
  /** Waits for new messages and gives those that are there, by id; nothing once the signal is given. */
  next(signal: AbortSignal): Promise<StoredMessage[]>;
  /** Takes a message that the caller got in another way out of what is to come. */
  skip(stored: StoredMessage): void;
}

export const openPost = ({ root, store }: Mailbox, world: World): Post => ({
  async send(draft) {
    ensureProject(store, root, world);
    return sendMessage(store, draft);
  },
  async arrivals(includes) {
    // Sending, which has to be fast, has no use for it.
    const { Follower } = await import("../mail/store/follower.ts");
    return new Follower(store, includes);
  },
});

import type { Output } from "../console/output.ts";
import type { World } from "../core/world.ts";
import { ensureProject } from "../mail/project/project-file.ts";
import type { Target } from "../mail/rules/target.ts";
import type { StoredMessage } from "../mail/store/read-message.ts";
import { type Draft, sendMessage } from "../mail/store/send-message.ts";
import { endpointOf, mayBeServed } from "./live/endpoint.ts";
import type { OwnMailbox } from "./mailbox.ts";

/**
 * How a command's messages leave and arrive: through the socket of a supervisor that serves the project, else through the files.
 * Which of the two is chosen here and nowhere else.
 */
export interface Post {
  /** Resolves once the message is stored. */
  send(draft: Draft): Promise<StoredMessage>;
  /** Messages that appear from now on, as far as they are of interest. */
  arrivals(interest: Interest): Promise<Arrivals>;
}

export interface Interest {
  readonly includes: (target: Target) => boolean;
  /**
   * What a supervisor is asked for, which holds at least what `includes` accepts: `task`, `@bob`, `*` for all topics and the
   * boxes of the caller, or everything there is. Without it nobody is asked and the files are followed.
   */
  readonly wire?: string | undefined;
}

export const EVERYTHING = "everything";

export interface Arrivals extends Disposable {
  /** Waits for new messages and gives those that are there, by id; nothing once the signal is given. */
  next(signal: AbortSignal): Promise<StoredMessage[]>;
  /** Takes a message that the caller got in another way out of what is to come. */
  skip(stored: StoredMessage): void;
}

interface Caller {
  readonly world: World;
  readonly out: Output;
}

export const openPost = (mailbox: OwnMailbox, { world, out }: Caller): Post => ({
  async send(draft) {
    ensureProject(mailbox.store, mailbox.root, world);
    const endpoint = endpointOf(world, mailbox.store);
    if (endpoint && mayBeServed(endpoint)) {
      // Modules that sending into the files has no use for.
      const { sendThrough } = await import("./live/send.ts");
      const sent = await sendThrough(endpoint, draft, mailbox, { world, warn: (line) => out.note(line) });
      if (sent) return sent;
    }
    return sendMessage(mailbox.store, draft);
  },
  async arrivals(interest) {
    const endpoint = interest.wire === undefined ? undefined : endpointOf(world, mailbox.store);
    if (endpoint) {
      const { LiveArrivals } = await import("./live/live-arrivals.ts");
      return new LiveArrivals(endpoint, mailbox, interest, world);
    }
    const { Follower } = await import("../mail/store/follower.ts");
    return new Follower(mailbox.store, interest.includes);
  },
});

import { join } from "node:path";
import { ForgeError, operationFailed } from "../../core/errors.ts";
import { formatTimeMillis, type Instant } from "../../core/time.ts";
import { encodeMessage, type Message } from "../rules/message.ts";
import { messageId } from "../rules/message-id.ts";
import { type Target, targetText } from "../rules/target.ts";
import { systemReason } from "../system-error.ts";
import { touchAgent } from "./agents.ts";
import { makeBoxFolder } from "./folders.ts";
import { withLock } from "./lock.ts";
import { nextId } from "./next-id.ts";
import type { StoredMessage } from "./read-message.ts";
import { expectName } from "./recent-names.ts";
import { boxPath, messageFileMode, type Store } from "./store.ts";
import { createFile } from "./write-file.ts";

/** What a sender says; the store adds id, time and, unless the sender is on another machine, the host. */
export interface Draft extends Pick<Message, "from" | "body" | "replyTo" | "priority" | "tags" | "host"> {
  readonly to: Target;
}

/** Only a writer that does not know the lock can take an id between its choice and its file. None does so for long. */
const ATTEMPTS = 10_000;

/**
 * Publishes a message and refreshes its sender's record. Messages appear in the order of their ids.
 * Throws `message exceeds 1MB limit` before anything is written, `update agent registry: ...` and `save message: ...`.
 */
export async function sendMessage(store: Store, draft: Draft): Promise<StoredMessage> {
  checkSize(store, draft);
  try {
    return await withLock(store, async (lock) => {
      await touchAgent(store, draft.from, { host: draft.host });
      return save(store, draft, lock);
    });
  } catch (thrown) {
    if (thrown instanceof ForgeError) throw thrown;
    throw operationFailed(`save message: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Throws `message exceeds 1MB limit`. */
export function checkSize(store: Store, draft: Draft): void {
  // With an id and a time as long as the real ones will be.
  encodeMessage(messageOf(store, draft, messageId("00000000-000000", 0), store.now()));
}

async function save(store: Store, draft: Draft, lock: number): Promise<StoredMessage> {
  const target = draft.to;
  const folder = makeBoxFolder(store, target);
  const mode = messageFileMode(target);
  const nameAdded = expectName(store, target);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { id, at } = await nextId(store, lock);
    const message = messageOf(store, draft, id, at);
    if (!createFile(store, join(folder, `${id}.json`), encodeMessage(message), mode)) continue;
    nameAdded(id);
    return { message, target, path: `${boxPath(target)}/${id}.json` };
  }
  throw operationFailed("save message: message id collision");
}

/** The message that a draft becomes. */
export const messageOf = (store: Store, { to, ...said }: Draft, id: string, at: Instant): Message => ({
  ...said,
  id,
  to: targetText(to),
  time: formatTimeMillis(at),
  host: said.host ?? store.host,
});

import { join } from "node:path";
import { encodeMessage, type Message } from "../rules/message.ts";
import { isMessageId, LAST_NUMBER, messageId, splitId } from "../rules/message-id.ts";
import { isName } from "../rules/names.ts";
import { type Target, targetText } from "../rules/target.ts";
import { touchAgent } from "./agents.ts";
import { makeBoxFolder } from "./folders.ts";
import { withLock } from "./lock.ts";
import { lookAt, messagePath, type StoredMessage } from "./read-message.ts";
import { expectName } from "./recent-names.ts";
import { messageFileMode, type Store } from "./store.ts";
import { createFile } from "./write-file.ts";

/**
 * Stores a message of another host under its own id; undefined when it is there already. Where another message has that id, it
 * gets the next number that is free, and finds itself there when it comes again. Throws for a message that no store of ours
 * could hold, and what the system says.
 */
export function storeForeign(
  store: Store,
  message: Message,
  target: Target,
): Promise<StoredMessage | undefined> {
  if (!isMessageId(message.id) || !isName(message.from)) throw new Error("not a message of fmail");
  encodeMessage(message);
  return withLock(store, async () => {
    const { second, number: first } = splitId(message.id);
    for (let number = first; number <= LAST_NUMBER; number++) {
      const copy = { ...message, id: messageId(second, number), to: targetText(target) };
      if (!create(store, copy, target)) {
        if (holds(store, copy, target)) return undefined;
        continue;
      }
      await touchAgent(store, message.from, { host: message.host }).catch(() => {
        // Its record is not what was sent.
      });
      return { message: copy, target, path: messagePath(target, copy.id) };
    }
    throw new Error(`no number is free in the second of ${message.id}`);
  });
}

function create(store: Store, message: Message, target: Target): boolean {
  const folder = makeBoxFolder(store, target);
  const nameAdded = expectName(store, target);
  const path = join(folder, `${message.id}.json`);
  if (!createFile(store, path, encodeMessage(message), messageFileMode(target))) return false;
  nameAdded(message.id);
  return true;
}

function holds(store: Store, message: Message, target: Target): boolean {
  const look = lookAt(store, target, message.id);
  return look.kind === "message" && encodeMessage(look.stored.message) === encodeMessage(message);
}

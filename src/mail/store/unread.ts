import { isUnread, type ReadMarker, unreadFrom } from "../rules/read-marker.ts";
import type { Target } from "../rules/target.ts";
import { newestMessages } from "./page.ts";
import { compareMessages, type StoredMessage } from "./read-message.ts";
import type { Store } from "./store.ts";

/** What an agent has not read in some boxes, oldest first. Its own messages are never unread. */
export async function unreadMessages(
  store: Store,
  self: string,
  marker: ReadMarker,
  targets: readonly Target[],
): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  for (const target of targets) {
    const unread = await newestMessages(store, {
      targets: [target],
      limit: Number.POSITIVE_INFINITY,
      after: unreadFrom(marker, target),
      accepts: ({ message }) => message.from !== self && isUnread(marker, target, message.id),
    });
    found.push(...unread);
  }
  return found.sort(compareMessages);
}

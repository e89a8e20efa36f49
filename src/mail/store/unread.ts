import { isUnread, type Reading, type ReadMarker, unreadFrom } from "../rules/read-marker.ts";
import { sameTarget, type Target } from "../rules/target.ts";
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

/** What it means for each target that of the unread messages some were shown. */
export function readingsOf(
  targets: readonly Target[],
  unread: readonly StoredMessage[],
  shown: readonly StoredMessage[],
): Reading[] {
  const shownPaths = new Set(shown.map(({ path }) => path));
  const idsOf = (messages: readonly StoredMessage[]) => messages.map(({ message }) => message.id);
  return targets.map((target) => {
    const here = unread.filter((stored) => sameTarget(stored.target, target));
    return {
      target,
      read: idsOf(here.filter(({ path }) => shownPaths.has(path))),
      left: idsOf(here.filter(({ path }) => !shownPaths.has(path))),
    };
  });
}

import { isUnread, type Reading, type ReadMarker, unreadFrom } from "../rules/read-marker.ts";
import { sameTarget, type Target } from "../rules/target.ts";
import { placesSince } from "./backlog.ts";
import { compareMessages, MessageReader, type StoredMessage } from "./read-message.ts";
import type { Store } from "./store.ts";

/** What an agent has not read in some boxes. Its own messages are never unread. */
export interface Unread {
  /** Oldest first; of each box the oldest. */
  readonly messages: readonly StoredMessage[];
  /** The agent's own ones among those that were read. */
  readonly own: readonly StoredMessage[];
  /** Files that were not looked at, because there are many: most of them hold unread messages too. */
  readonly further: number;
  /** The first id in each box that was not looked at. */
  readonly furtherIds: readonly { readonly target: Target; readonly id: string }[];
}

/** So many messages beyond what is asked for are read, to tell how many are left. */
const READ_FURTHER = 200;
/** Others in this process get their turn after so many files. */
const AT_ONCE = 500;

/**
 * The unread messages of an agent. With a limit only so many of each box are read, and a few more: who gets 100,000 messages
 * needs no longer for the first 20.
 */
export async function unreadMessages(
  store: Store,
  self: string,
  marker: ReadMarker,
  targets: readonly Target[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Unread> {
  const messages: StoredMessage[] = [];
  const own: StoredMessage[] = [];
  const furtherIds: { target: Target; id: string }[] = [];
  let further = 0;
  for (const target of targets) {
    const from = unreadFrom(marker, target);
    const reader = new MessageReader(store);
    const places = await placesSince(store, reader, [target], from === undefined ? undefined : { id: from });
    const unread = places.filter(({ id }) => isUnread(marker, target, id));
    const before = messages.length;
    let read = 0;
    for (; read < unread.length && messages.length - before < limit + READ_FURTHER; read++) {
      if (read % AT_ONCE === AT_ONCE - 1) await new Promise<void>((resume) => setImmediate(resume));
      const stored = await reader.read(target, unread[read]?.name ?? "");
      if (stored) (stored.message.from === self ? own : messages).push(stored);
    }
    const next = unread[read];
    if (next === undefined) continue;
    further += unread.length - read;
    furtherIds.push({ target, id: next.id });
  }
  return { messages: messages.sort(compareMessages), own, further, furtherIds };
}

/** What it means for each target that of the unread messages some were shown. */
export function readingsOf(
  targets: readonly Target[],
  { messages, own, furtherIds }: Unread,
  shown: readonly StoredMessage[],
): Reading[] {
  const shownPaths = new Set(shown.map(({ path }) => path));
  const idsOf = (stored: readonly StoredMessage[]) => stored.map(({ message }) => message.id);
  return targets.map((target) => {
    const here = messages.filter((stored) => sameTarget(stored.target, target));
    const ownHere = own.filter((stored) => sameTarget(stored.target, target));
    const further = furtherIds.filter((next) => sameTarget(next.target, target));
    return {
      target,
      // Own ones too, so that they need not be looked at again.
      read: idsOf([...here.filter(({ path }) => shownPaths.has(path)), ...ownHere]),
      left: [...idsOf(here.filter(({ path }) => !shownPaths.has(path))), ...further.map(({ id }) => id)],
    };
  });
}

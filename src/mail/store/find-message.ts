import { ForgeError, notFound } from "../../core/errors.ts";
import { parseTime } from "../../core/time.ts";
import { isMessageId } from "../rules/message-id.ts";
import { boxesWith, listAllBoxes, listNames } from "./boxes.ts";
import { MessageReader, type StoredMessage } from "./read-message.ts";
import type { Store } from "./store.ts";

const SHOWN_MATCHES = 10;

/**
 * The message of an id, or of a text that only one id ends with. Ids of older writers may be used in several boxes: a message
 * that `self` can be a party of comes first, then the newest. Throws `message not found: <text>` and
 * `message '<text>' is ambiguous; matches: ...`.
 */
export async function findMessage(store: Store, typed: string, self: string): Promise<StoredMessage> {
  const id = isMessageId(typed) ? typed : idEndingWith(store, typed);
  const found = id === undefined ? [] : await messagesWithId(store, id);
  const [best] = found.toSorted((a, b) => preference(b, self) - preference(a, self) || byTime(b, a));
  if (best === undefined) throw notFound(`message not found: ${typed}`);
  return best;
}

/** The only id of the store that ends with a text; undefined when there is none. Throws when there are several. */
export function idEndingWith(store: Store, ending: string): string | undefined {
  if (!/^[\d-]*\d$/.test(ending)) return undefined;
  const names = listAllBoxes(store).flatMap((target) => listNames(store, target));
  const ids = [...new Set(names.filter((name) => name.endsWith(ending) && isMessageId(name)))].sort();
  if (ids.length <= 1) return ids[0];
  const shown = ids.slice(-SHOWN_MATCHES).join(", ");
  const more = ids.length > SHOWN_MATCHES ? `, ... (${ids.length} in all)` : "";
  throw new ForgeError("ambiguous", `message '${ending}' is ambiguous; matches: ${shown}${more}`);
}

/** The messages of an id, in all boxes that use it. */
export async function messagesWithId(store: Store, id: string): Promise<StoredMessage[]> {
  const reader = new MessageReader(store);
  const found = await Promise.all(boxesWith(store, id).map((target) => reader.read(target, id)));
  return found.filter((stored) => stored !== undefined);
}

const preference = ({ target, message }: StoredMessage, self: string): number =>
  target.kind === "topic" || target.name === self || message.from === self ? 1 : 0;

const byTime = (a: StoredMessage, b: StoredMessage): number =>
  (parseTime(a.message.time) ?? 0) - (parseTime(b.message.time) ?? 0);

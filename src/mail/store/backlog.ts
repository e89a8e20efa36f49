import { type Instant, parseTime } from "../../core/time.ts";
import { idTime, isMessageId, secondOf } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { messageNamesIn } from "./boxes.ts";
import { MessageReader, type StoredMessage } from "./read-message.ts";
import { rememberedNames } from "./recent-names.ts";
import type { Store } from "./store.ts";

/** Where a backlog begins: behind an id, or behind a moment. */
export type Since = { readonly id: string } | { readonly time: Instant };

/** The clocks of hosts differ, and an id may be given some time after its message. */
const TOLERANCE_MS = 3_600_000;

/** The file of a message, before it is read. */
export interface MessagePlace {
  readonly id: string;
  readonly target: Target;
  readonly name: string;
}

/**
 * What is in some boxes and strictly newer than `since`, by id, read one by one as the caller wants them: a history of any
 * length costs no more memory than its names.
 */
export async function* messagesSince(
  store: Store,
  targets: readonly Target[],
  since: Since | undefined,
): AsyncGenerator<StoredMessage> {
  const reader = new MessageReader(store);
  for (const { target, name } of await placesSince(store, reader, targets, since)) {
    const stored = await reader.read(target, name);
    if (stored && isNewer(stored, since)) yield stored;
  }
}

/** Where the messages are that may be newer than `since`, by id; told from the names of files as far as they are ids. */
export async function placesSince(
  store: Store,
  reader: MessageReader,
  targets: readonly Target[],
  since: Since | undefined,
): Promise<MessagePlace[]> {
  const places: MessagePlace[] = [];
  for (const target of targets) {
    for (const name of namesSince(store, target, since)) {
      const id = isMessageId(name) ? name : (await reader.read(target, name))?.message.id;
      if (id !== undefined && mayBeNewer(id, since)) places.push({ id, target, name });
    }
  }
  return places.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The names of a box that may be newer, in no order; those that are remembered of a large one, where they reach back far enough. */
function namesSince(store: Store, target: Target, since: Since | undefined): readonly string[] {
  const newest = rememberedNames(store, target);
  const [oldest] = newest?.ids ?? [];
  if (newest && oldest !== undefined && !mayBeNewer(oldest, since)) return [...newest.ids, ...newest.others];
  // Compared before they are understood: of 100,000 names most are older.
  const bound = since === undefined ? "" : "id" in since ? since.id : secondOf(since.time - TOLERANCE_MS);
  return messageNamesIn(store, target).filter((name) => name >= bound || !isMessageId(name));
}

function mayBeNewer(id: string, since: Since | undefined): boolean {
  if (since === undefined) return true;
  if ("id" in since) return id > since.id;
  return (idTime(id) ?? since.time) >= since.time - TOLERANCE_MS;
}

function isNewer({ message }: StoredMessage, since: Since | undefined): boolean {
  if (since === undefined || "id" in since) return true;
  return (parseTime(message.time) ?? Number.NEGATIVE_INFINITY) > since.time;
}

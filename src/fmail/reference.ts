import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import { isMessageId } from "../mail/rules/message-id.ts";
import { boxesWith } from "../mail/store/boxes.ts";
import { idEndingWith } from "../mail/store/find-message.ts";
import type { Store } from "../mail/store/store.ts";

/** Shorter ends of ids would take a script's own short references for messages. */
const SHORTEST_ENDING = /^[\d-]*\d{4}$/;

/**
 * What `--reply-to` refers to: an id, or the end of one. Any other text is kept as it is, because references may be to
 * messages that are gone or not here yet; the caller is warned.
 */
export function resolveReference(text: string, store: Store, out: Output): string {
  const id = !isMessageId(text) && SHORTEST_ENDING.test(text) ? idEndingWith(store, text) : text;
  if (id === undefined || boxesWith(store, id).length === 0)
    out.note(`Warning: no message with id ${printable(text)}`);
  return id ?? text;
}

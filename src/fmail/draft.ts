import type { FlagValues } from "../console/flags.ts";
import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import { invalid, toForgeError } from "../core/errors.ts";
import type { sendFlags } from "./registry/flags.ts";
import { parsePriority, parseTags } from "./rules/labels.ts";
import { isMessageId } from "./rules/message-id.ts";
import { boxesWith } from "./store/boxes.ts";
import { idEndingWith } from "./store/find-message.ts";
import type { Draft } from "./store/send-message.ts";
import type { Store } from "./store/store.ts";

type LabelFlags = Pick<FlagValues<typeof sendFlags>, "priority" | "tag">;

/** Priority and tags as the flags of `send` and `reply` give them. */
export function readLabels(flags: LabelFlags, given: ReadonlySet<string>): Pick<Draft, "priority" | "tags"> {
  // Stored only when it was asked for: absent means normal too.
  const priority = given.has("priority") ? parsePriority(flags.priority) : undefined;
  try {
    return { priority, tags: parseTags(flags.tag) };
  } catch (thrown) {
    throw invalid(`invalid tags: ${toForgeError(thrown).message}`);
  }
}

/** Shorter ends of ids would take a script's own short references for messages. */
const SHORTEST_ENDING = /^[\d-]*\d{4}$/;

/**
 * What `--reply-to` refers to: an id, or the end of one. Any other text is kept as it is, because references may be to
 * messages that are gone or not here yet; the caller is warned.
 */
export function resolveReference(typed: string | undefined, store: Store, out: Output): string | undefined {
  const text = typed?.trim();
  if (!text) return undefined;
  const id = !isMessageId(text) && SHORTEST_ENDING.test(text) ? idEndingWith(store, text) : text;
  if (id === undefined || boxesWith(store, id).length === 0)
    out.note(`Warning: no message with id ${printable(text)}`);
  return id ?? text;
}

import type { FlagValues } from "../console/flags.ts";
import { invalid, toForgeError } from "../core/errors.ts";
import { parsePriority, parseTags } from "../mail/rules/labels.ts";
import type { Draft } from "../mail/store/send-message.ts";
import type { sendFlags } from "./registry/flags.ts";

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

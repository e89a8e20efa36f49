import { parseDuration } from "../core/duration.ts";
import { toForgeError } from "../core/errors.ts";
import { type Instant, parseTime } from "../core/time.ts";
import { readTimeExpression } from "../core/time-expression.ts";
import { parsePriority } from "../mail/rules/labels.ts";
import { agentName } from "../mail/rules/names.ts";
import type { StoredMessage } from "../mail/store/read-message.ts";
import { UsageError } from "./usage-error.ts";

/** The flags of `log` and `messages` that leave messages out. */
interface FilterFlags {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly from: string | undefined;
  readonly tag: string | undefined;
  readonly priority: string | undefined;
}

export interface Filter {
  accepts(stored: StoredMessage): boolean;
  /** Nothing older is accepted. */
  readonly notBefore: Instant | undefined;
}

/** Reads the filters; blank ones are none. Throws usage errors. */
export function readFilter(flags: FilterFlags, now: Instant): Filter {
  const since = readMoment("--since", flags.since, now);
  const until = readMoment("--until", flags.until, now);
  const from = checked("--from", flags.from, (text) => agentName(text.replace(/^@/, "")));
  const tag = flags.tag?.trim().toLowerCase();
  const priority = checked("--priority", flags.priority, parsePriority);
  return {
    notBefore: since,
    accepts({ message }) {
      const at = since === undefined && until === undefined ? undefined : parseTime(message.time);
      if (since !== undefined && !(at !== undefined && at >= since)) return false;
      if (until !== undefined && !(at !== undefined && at < until)) return false;
      if (from && message.from !== from) return false;
      if (tag && !message.tags?.includes(tag)) return false;
      return !priority || (message.priority ?? "normal") === priority;
    },
  };
}

/** A moment as `--since` takes it. Undefined when the text is blank. */
export function readMoment(flag: string, text: string | undefined, now: Instant): Instant | undefined {
  if (!text?.trim()) return undefined;
  const at = readTimeExpression(text, now, parseDuration);
  if (at !== undefined) return at;
  throw new UsageError(
    `invalid ${flag} value: use duration like '1h' or timestamp like '2024-01-15T10:30:00Z'`,
  );
}

function checked<T>(flag: string, text: string | undefined, read: (text: string) => T): T | undefined {
  if (!text?.trim()) return undefined;
  try {
    return read(text.trim());
  } catch (thrown) {
    throw new UsageError(`invalid ${flag} value: ${toForgeError(thrown).message}`);
  }
}

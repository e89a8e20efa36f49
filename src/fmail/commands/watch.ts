import { ExitCode } from "../../console/program.ts";
import { parseTime } from "../../core/time.ts";
import { isMessageId } from "../../mail/rules/message-id.ts";
import { agent, sameTarget, type Target } from "../../mail/rules/target.ts";
import { listAllBoxes } from "../../mail/store/boxes.ts";
import { newestMessages, type PageRequest } from "../../mail/store/page.ts";
import type { StoredMessage } from "../../mail/store/read-message.ts";
import { messagePrinter } from "../display.ts";
import { readMoment } from "../filters.ts";
import { interruptSignal } from "../interrupt.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import { type Arrivals, openPost } from "../post.ts";
import { keepPresent } from "../presence.ts";
import type { watchFlags } from "../registry/flags.ts";
import { parseScope } from "../scope.ts";
import { UsageError } from "../usage-error.ts";

/** The time was over before the messages that `--count` asked for had come. */
const TIMED_OUT = 3;

export const run: Run<typeof watchFlags> = async (invocation) => {
  const { flags, args, world, out } = invocation;
  // The time runs from here: what is done first counts too.
  const timeout = flags.timeout > 0 ? AbortSignal.timeout(flags.timeout) : undefined;
  const mailbox = openOwnMailbox(invocation);
  const named = parseScope(args[0]);
  const own = agent(mailbox.self);
  const includes = (target: Target) => named(target) || (flags.dms && sameTarget(target, own));
  if (flags.count < 0) throw new UsageError("count must be >= 0");
  if (flags.timeout < 0) throw new UsageError("timeout must be >= 0");
  const since = readSince(flags.since, world.now());

  const end = AbortSignal.any([interruptSignal(), ...(timeout ? [timeout] : [])]);
  const wire = args[0] === undefined || flags.dms ? "*" : args[0].trim();
  using arrivals = await openPost(mailbox, invocation).arrivals({ includes, wire });
  using _presence = keepPresent(mailbox);
  // Read once the arrivals are listened to, so that nothing falls in between.
  const targets = listAllBoxes(mailbox.store).filter(includes);
  const backlog = since ? await newestMessages(mailbox.store, { targets, ...since }) : [];

  const print = messagePrinter(out, world, flags.json);
  let printed = 0;
  for await (const stored of stream(backlog, arrivals, end)) {
    print(stored);
    printed++;
    if (printed === flags.count) return;
  }
  const isShort = printed < Math.max(flags.count, 1);
  if (flags["fail-on-timeout"] && timeout?.aborted && isShort) throw new ExitCode(TIMED_OUT);
};

/** What was there already, then what arrives, until the end is called. */
async function* stream(
  backlog: readonly StoredMessage[],
  arrivals: Arrivals,
  end: AbortSignal,
): AsyncGenerator<StoredMessage> {
  for (const stored of backlog) arrivals.skip(stored);
  yield* backlog;
  while (!end.aborted) yield* await arrivals.next(end);
}

/** Which messages that are there already are wanted: those after an id, or since a moment. */
function readSince(typed: string | undefined, now: number): Omit<PageRequest, "targets"> | undefined {
  const text = typed?.trim() ?? "";
  const limit = Number.POSITIVE_INFINITY;
  if (isMessageId(text)) return { limit, after: text };
  const at = readMoment("--since", text, now);
  if (at === undefined) return undefined;
  return { limit, notBefore: at, accepts: ({ message }) => (parseTime(message.time) ?? -1) >= at };
}

import { topicName } from "../../mail/rules/names.ts";
import type { Reading } from "../../mail/rules/read-marker.ts";
import { agent, sameTarget, type Target, topic } from "../../mail/rules/target.ts";
import { newestMessages } from "../../mail/store/page.ts";
import { readMarkerOf, rememberReading } from "../../mail/store/read-markers.ts";
import type { StoredMessage } from "../../mail/store/read-message.ts";
import { unreadMessages } from "../../mail/store/unread.ts";
import { messagePrinter } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { inboxFlags } from "../registry/flags.ts";
import { UsageError } from "../usage-error.ts";

export const run: Run<typeof inboxFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const { store, self } = openOwnMailbox(invocation);
  if (flags.limit < 0) throw new UsageError("limit must be >= 0");
  const limit = flags.limit || Number.POSITIVE_INFINITY;
  const topics = flags.topics.filter((name) => name.trim() !== "").map((name) => topic(topicName(name)));
  const targets = [agent(self), ...topics];

  const unread = await unreadMessages(store, self, readMarkerOf(store, self), targets);
  // The oldest first: what is left over must lie above the marker, to be shown next time.
  const shown = flags.all ? await newestMessages(store, { targets, limit }) : unread.slice(0, limit);
  const print = messagePrinter(out, world, flags.json);
  for (const stored of shown) print(stored);

  const readings = targets.map((target) => readingOf(target, unread, shown));
  const left = readings.reduce((count, reading) => count + reading.left.length, 0);
  if (left > 0 && !flags.all) out.note(`(${left} more: fmail inbox)`);
  if (!flags.peek && readings.some(({ read }) => read.length > 0))
    await rememberReading(store, self, readings);
};

function readingOf(
  target: Target,
  unread: readonly StoredMessage[],
  shown: readonly StoredMessage[],
): Reading {
  const shownPaths = new Set(shown.map(({ path }) => path));
  const here = unread.filter((stored) => sameTarget(stored.target, target));
  const idsOf = (messages: readonly StoredMessage[]) => messages.map(({ message }) => message.id);
  return {
    target,
    read: idsOf(here.filter(({ path }) => shownPaths.has(path))),
    left: idsOf(here.filter(({ path }) => !shownPaths.has(path))),
  };
}

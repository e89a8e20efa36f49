import { topicName } from "../../mail/rules/names.ts";
import { agent, topic } from "../../mail/rules/target.ts";
import { newestMessages } from "../../mail/store/page.ts";
import { readMarkerOf, rememberReading } from "../../mail/store/read-markers.ts";
import { readingsOf, unreadMessages } from "../../mail/store/unread.ts";
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

  // The oldest first: what is left over must lie above the marker, to be shown next time.
  const most = flags.all ? Number.POSITIVE_INFINITY : limit;
  const unread = await unreadMessages(store, self, readMarkerOf(store, self), targets, most);
  const shown = flags.all ? await newestMessages(store, { targets, limit }) : unread.messages.slice(0, limit);
  const print = messagePrinter(out, world, flags.json);
  for (const stored of shown) print(stored);

  const readings = readingsOf(targets, unread, shown);
  const left = unread.messages.length + unread.further - shown.length;
  if (left > 0 && !flags.all) out.note(`(${left} more: fmail inbox)`);
  if (!flags.peek && readings.some(({ read }) => read.length > 0))
    await rememberReading(store, self, readings);
};

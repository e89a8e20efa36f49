import { toForgeError } from "../../core/errors.ts";
import { type Knowledge, parseQuery, type Query } from "../../mail/rules/query.ts";
import { isUnread } from "../../mail/rules/read-marker.ts";
import { listAllBoxes } from "../../mail/store/boxes.ts";
import { newestMessages } from "../../mail/store/page.ts";
import { readMarkerOf } from "../../mail/store/read-markers.ts";
import type { Store } from "../../mail/store/store.ts";
import { readMarkedMessages } from "../../mail/store/tui-state.ts";
import { messagePrinter } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { searchFlags } from "../registry/flags.ts";
import { UsageError } from "../usage-error.ts";

export const run: Run<typeof searchFlags> = async (invocation) => {
  const { flags, args, world, out } = invocation;
  const { store, self } = openOwnMailbox(invocation);
  if (flags.limit < 0) throw new UsageError("limit must be >= 0");
  const query = readQuery(args.join(" "), world.now());
  const knowledge = knowledgeOf(store, self);
  const found = await newestMessages(store, {
    targets: listAllBoxes(store),
    limit: flags.limit || Number.POSITIVE_INFINITY,
    notBefore: query.notBefore,
    accepts: (stored) => query.matches(stored, knowledge),
  });
  const print = messagePrinter(out, world, flags.json);
  for (const stored of found) print(stored);
};

function readQuery(text: string, now: number): Query {
  try {
    return parseQuery(text, now);
  } catch (thrown) {
    throw new UsageError(toForgeError(thrown).message);
  }
}

function knowledgeOf(store: Store, self: string): Knowledge {
  const marker = readMarkerOf(store, self);
  const { bookmarked, annotated } = readMarkedMessages(store);
  return {
    hasBookmark: (id) => bookmarked.has(id),
    hasAnnotation: (id) => annotated.has(id),
    isUnread: ({ target, message }) =>
      (target.kind === "topic" || target.name === self) &&
      message.from !== self &&
      isUnread(marker, target, message.id),
  };
}

import { messageFields } from "../../mail/rules/message.ts";
import { idTime } from "../../mail/rules/message-id.ts";
import { type ThreadEntry, threadOf } from "../../mail/rules/thread.ts";
import { listAllBoxes } from "../../mail/store/boxes.ts";
import { findMessage, messagesWithId } from "../../mail/store/find-message.ts";
import { newestMessages } from "../../mail/store/page.ts";
import type { StoredMessage } from "../../mail/store/read-message.ts";
import type { Store } from "../../mail/store/store.ts";
import { messageLine, type Screen, screenOf, shownJson } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { threadFlags } from "../registry/flags.ts";

export const run: Run<typeof threadFlags> = async (invocation) => {
  const { flags, args, world, out } = invocation;
  const { store, self } = openOwnMailbox(invocation);
  const named = await findMessage(store, (args[0] ?? "").trim(), self);
  const screen = screenOf(world);
  for (const entry of await readThread(store, named))
    out.line(flags.json ? jsonLine(entry) : textLines(entry, screen));
};

async function readThread(store: Store, named: StoredMessage): Promise<ThreadEntry<StoredMessage>[]> {
  const all = await newestMessages(store, {
    targets: listAllBoxes(store),
    limit: Number.POSITIVE_INFINITY,
    // Answers are younger than what they answer.
    notBefore: idTime(await oldestAncestorId(store, named)),
  });
  const start = all.find(({ path }) => path === named.path);
  return start === undefined ? [{ stored: named, depth: 0 }] : threadOf(start, all);
}

async function oldestAncestorId(store: Store, { message }: StoredMessage): Promise<string> {
  let oldest = message.id;
  const passed = new Set<string>();
  const answered = [message.replyTo];
  for (const id of answered) {
    if (id === undefined || passed.has(id)) continue;
    passed.add(id);
    for (const { message: ancestor } of await messagesWithId(store, id)) {
      if (ancestor.id < oldest) oldest = ancestor.id;
      answered.push(ancestor.replyTo);
    }
  }
  return oldest;
}

const jsonLine = ({ stored, depth }: ThreadEntry<StoredMessage>): string =>
  shownJson(new Map([...messageFields(stored.message), ["depth", depth]]), 0);

function textLines({ stored, depth }: ThreadEntry<StoredMessage>, screen: Screen): string {
  const indentation = "  ".repeat(depth);
  return indentation + messageLine(stored.message, screen).replaceAll("\n", `\n${indentation}`);
}

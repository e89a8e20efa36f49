import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { type MailboxMessage, mailId, mailMessageJson, mailStatus, parseMailId } from "../../core/mailbox.ts";
import { formatTime } from "../../core/time.ts";
import { relativeTime } from "../../mail/rules/relative-time.ts";
import { timeFlag } from "../event-filter.ts";
import type { Run } from "../invocation.ts";
import { mailboxOwner, mailKeeper, mailLimit } from "../mail-keeper.ts";
import type { mailFlags, mailInboxFlags } from "../registry/mail.ts";

export const inbox: Run<typeof mailInboxFlags> = async (invocation) => {
  const { flags, global, world, out } = invocation;
  const owner = mailboxOwner(invocation);
  const now = world.now();
  const request = {
    unreadOnly: flags.unread,
    since: timeFlag("since", global.since, now),
    limit: mailLimit(invocation),
  };
  const keeper = await mailKeeper(invocation);
  const messages = await keeper.inbox(owner, request);
  if (out.isJson) return out.jsonList(messages.map((message) => mailMessageJson(message, keeper.backend)));
  if (messages.length === 0) return out.line("No messages found");
  const rows = messages.map((message) => [
    mailId(message.number),
    printable(message.from),
    printable(message.subject),
    relativeTime(message.createdAt, now),
    mailStatus(message),
  ]);
  out.write(table(["ID", "FROM", "SUBJECT", "TIME", "STATUS"], rows));
};

export const read: Run<typeof mailFlags> = async (invocation) => {
  const { args, out, world } = invocation;
  const owner = mailboxOwner(invocation);
  const number = parseMailId(args[0] ?? "");
  const keeper = await mailKeeper(invocation);
  const message = await keeper.read(owner, number);
  if (out.isJson) out.json(mailMessageJson(message, keeper.backend));
  else out.write(messageText(message, world.isTerminal(1)));
};

export const ack: Run<typeof mailFlags> = async (invocation) => {
  const { args, out } = invocation;
  const owner = mailboxOwner(invocation);
  const number = parseMailId(args[0] ?? "");
  const keeper = await mailKeeper(invocation);
  const at = await keeper.ack(owner, number);
  const id = mailId(number);
  const { agent, project } = owner;
  out.done(`Acknowledged message ${id}`, {
    ...{ id, agent, project, acked_at: formatTime(at), backend: keeper.backend, acknowledged: true },
  });
};

function messageText(message: MailboxMessage, isTerminal: boolean): string {
  const { threadId, importance, ackRequired, body = "" } = message;
  const head = [
    ["ID", mailId(message.number)],
    ["From", message.from],
    ["Subject", message.subject],
    ["Date", formatTime(message.createdAt)],
    ["Thread", threadId ?? ""],
    ["Priority", importance === "normal" ? "" : importance],
    ["Ack", ackRequired ? "required" : ""],
  ].filter(([, value]) => value !== "");
  const lines = head.map(([name, value = ""]) => `${`${name}: `.padEnd(9)}${printable(value)}\n`);
  // A program gets the text as it is; a terminal must not obey it.
  const text = isTerminal ? body.replace(/[^\n\t]+/g, printable) : body;
  return `${lines.join("")}\n${text}${text.endsWith("\n") ? "" : "\n"}`;
}

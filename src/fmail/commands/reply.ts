import { agentName } from "../../mail/rules/names.ts";
import { agent, type Target } from "../../mail/rules/target.ts";
import { findMessage } from "../../mail/store/find-message.ts";
import type { StoredMessage } from "../../mail/store/read-message.ts";
import { readBody } from "../body-source.ts";
import { sendAndPrint } from "../deliver.ts";
import type { Run } from "../invocation.ts";
import { readLabels } from "../label-flags.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { replyFlags } from "../registry/flags.ts";

export const run: Run<typeof replyFlags> = async (invocation) => {
  const { flags, given, args, world } = invocation;
  const mailbox = openOwnMailbox(invocation);
  const answered = await findMessage(mailbox.store, (args[0] ?? "").trim(), mailbox.self);
  const body = readBody({ message: args[1], file: flags.file }, world);
  const to = answerTarget(answered, mailbox.self);
  const replyTo = answered.message.id;
  await sendAndPrint(
    { from: mailbox.self, to, body, replyTo, ...readLabels(flags, given) },
    mailbox,
    invocation,
  );
};

/** Where an answer goes: the topic of the message, or the other side of a direct one. */
function answerTarget({ target, message }: StoredMessage, self: string): Target {
  // What one adds to a direct message of one's own is meant for whom that one was for.
  if (target.kind === "topic" || message.from === self) return target;
  return agent(agentName(message.from));
}

import { readBody } from "../body-source.ts";
import { sendAndPrint } from "../deliver.ts";
import { readLabels, resolveReference } from "../draft.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { sendFlags } from "../registry/flags.ts";
import { parseTarget } from "../rules/target.ts";

export const run: Run<typeof sendFlags> = async (invocation) => {
  const { flags, given, args, world, out } = invocation;
  const mailbox = openOwnMailbox(invocation);
  const to = parseTarget(args[0] ?? "");
  const body = readBody({ message: args[1], file: flags.file }, world);
  const labels = readLabels(flags, given);
  const replyTo = resolveReference(flags["reply-to"], mailbox.store, out);
  await sendAndPrint({ from: mailbox.self, to, body, replyTo, ...labels }, mailbox, invocation);
};

import type { Output } from "../../console/output.ts";
import { parseTarget } from "../../mail/rules/target.ts";
import type { Store } from "../../mail/store/store.ts";
import { readBody } from "../body-source.ts";
import { sendAndPrint } from "../deliver.ts";
import type { Run } from "../invocation.ts";
import { readLabels } from "../label-flags.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { sendFlags } from "../registry/flags.ts";

export const run: Run<typeof sendFlags> = async (invocation) => {
  const { flags, given, args, world, out } = invocation;
  const mailbox = openOwnMailbox(invocation);
  const to = parseTarget(args[0] ?? "");
  const body = readBody({ message: args[1], file: flags.file }, world);
  const labels = readLabels(flags, given);
  const replyTo = await readReference(flags["reply-to"], mailbox.store, out);
  await sendAndPrint({ from: mailbox.self, to, body, replyTo, ...labels }, mailbox, invocation);
};

async function readReference(
  typed: string | undefined,
  store: Store,
  out: Output,
): Promise<string | undefined> {
  const text = typed?.trim();
  if (!text) return undefined;
  const { resolveReference } = await import("../reference.ts");
  return resolveReference(text, store, out);
}

import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import { printLog } from "../print-log.ts";
import type { logFlags } from "../registry/flags.ts";
import { parseScope } from "../scope.ts";

export const run: Run<typeof logFlags> = async (invocation) => {
  const mailbox = openOwnMailbox(invocation);
  await printLog(invocation, mailbox, parseScope(invocation.args[0]));
};

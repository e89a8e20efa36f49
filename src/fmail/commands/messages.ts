import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import { printLog } from "../print-log.ts";
import type { logFlags } from "../registry/flags.ts";

export const run: Run<typeof logFlags> = (invocation) =>
  printLog(invocation, openOwnMailbox(invocation), () => true);

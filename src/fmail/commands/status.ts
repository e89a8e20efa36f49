import { readAgent, setStatus } from "../../mail/store/agents.ts";
import { screenOf, shownText } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { statusFlags } from "../registry/flags.ts";
import { UsageError } from "../usage-error.ts";

export const run: Run<typeof statusFlags> = async (invocation) => {
  const { flags, args, world, out } = invocation;
  const [typed] = args;
  const { store, self } = openOwnMailbox(invocation);
  if (flags.clear && typed !== undefined) throw new UsageError("status does not take a message with --clear");
  if (flags.clear) {
    await setStatus(store, self, undefined);
    return;
  }
  if (typed !== undefined) {
    const status = typed.trim();
    if (status === "") throw new UsageError("status message is required");
    await setStatus(store, self, status);
    return;
  }
  const status = (await readAgent(store, self))?.status;
  if (status !== undefined) out.line(shownText(status, screenOf(world)));
};

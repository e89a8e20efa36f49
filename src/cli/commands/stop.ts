import type { Run } from "../invocation.ts";
import { loopsMeant } from "../loop-selection.ts";
import { stopLoops } from "../order-end.ts";
import type { stopFlags } from "../registry/verbs.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof stopFlags> = async (invocation) => {
  const { args, flags, world, out } = invocation;
  const db = openStore(invocation, "read");
  const loops = loopsMeant(db, args[0], flags, world);
  await stopLoops(invocation, db, loops);
  out.done(`Stopped ${loops.length} loop(s)`, { action: "stop_graceful", loops: loops.length });
};

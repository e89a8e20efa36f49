import type { Run } from "../invocation.ts";
import { loopsMeant } from "../loop-selection.ts";
import { killLoops } from "../order-end.ts";
import type { killFlags } from "../registry/verbs.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof killFlags> = async (invocation) => {
  const { args, flags, world, out } = invocation;
  const db = openStore(invocation, "read");
  const loops = loopsMeant(db, args[0], flags, world);
  await killLoops(invocation, db, loops);
  out.done(`Killed ${loops.length} loop(s)`, { action: "kill_now", loops: loops.length });
};

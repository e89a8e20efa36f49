import { ForgeError } from "../../core/errors.ts";
import type { Loop } from "../../core/loop.ts";
import { isActive } from "../../core/loop-state.ts";
import type { Run } from "../invocation.ts";
import { loopsMeant, usesSelector } from "../loop-selection.ts";
import { killLoops } from "../order-end.ts";
import type { rmFlags } from "../registry/verbs.ts";
import { agreesToRemove, removalJson, removalText, removeLoops } from "../remove-loops.ts";
import { checkRunners, reconcileRunners } from "../runner-check.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof rmFlags> = async (invocation) => {
  const { args, flags, world, out } = invocation;
  const bySelector = usesSelector(flags);
  if (bySelector && !flags.force) throw new ForgeError("unknown", "selector-based removal requires --force");
  const db = openStore(invocation, "read");
  const meant = loopsMeant(db, args[0], flags, world);
  const checked = reconcileRunners(invocation, db, await checkRunners(invocation, db, meant));
  const loops = checked.map(({ loop }) => loop);
  if (!flags.force) for (const loop of loops) checkStopped(loop);
  const active = loops.filter(isActive);
  const endsRuns = active.length > 0 ? " Some loops are not stopped; their runs will be ended." : "";
  if (!agreesToRemove(invocation, loops, endsRuns)) return;
  // A runner ends its run too when its loop is gone; but there may be none that lives.
  if (active.length > 0) await killLoops(invocation, db, active);
  const removed = await removeLoops(invocation, db, loops, (loop) => {
    if (!flags.force) checkStopped(loop);
    return true;
  });
  out.done(removalText(removed), removalJson(removed, bySelector));
};

function checkStopped({ name, state }: Loop): void {
  if (state === "stopped") return;
  throw new ForgeError("unknown", `loop ${JSON.stringify(name)} is ${state}; use --force to remove anyway`);
}

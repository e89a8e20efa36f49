import { ForgeError } from "../../core/errors.ts";
import { isActive } from "../../core/loop-state.ts";
import { listLoops } from "../../store/loops.ts";
import type { Run } from "../invocation.ts";
import { filterFrom } from "../loop-selection.ts";
import type { cleanFlags } from "../registry/verbs.ts";
import { agreesToRemove, removalJson, removalText, removeLoops } from "../remove-loops.ts";
import { checkRunners, reconcileRunners } from "../runner-check.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof cleanFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const db = openStore(invocation, "read");
  const meant = listLoops(db, filterFrom(db, flags, world));
  const checked = reconcileRunners(invocation, db, await checkRunners(invocation, db, meant));
  const loops = checked.map(({ loop }) => loop);
  const inactive = loops.filter((loop) => !isActive(loop));
  if (inactive.length === 0) throw new ForgeError("unknown", "no inactive loops matched");
  const active = loops.length - inactive.length;
  const untouched = active > 0 ? ` ${active} loop(s) are still active and will be left untouched.` : "";
  if (!agreesToRemove(invocation, inactive, untouched)) return;
  // One that was started while the question stood is left alone too.
  const removed = await removeLoops(invocation, db, inactive, (loop) => !isActive(loop));
  const skipped = loops.length - removed.length;
  out.done(removalText(removed, skipped), {
    ...removalJson(removed, false),
    ...(skipped > 0 && { skipped }),
  });
};

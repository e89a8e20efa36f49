import { printable } from "../../console/printable.ts";
import { ForgeError } from "../../core/errors.ts";
import { shownShortId } from "../../core/ids.ts";
import type { Loop } from "../../core/loop.ts";
import { isActive } from "../../core/loop-state.ts";
import { pastedName } from "../../core/pasted-name.ts";
import { waitsForSomebody } from "../../core/wait-kind.ts";
import type { Db } from "../../store/database.ts";
import { findLoopRuntime, patchLoopRuntime } from "../../store/fx-loops.ts";
import { finishPendingOfTypes } from "../../store/loop-queue.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { inTransaction } from "../../store/transaction.ts";
import { recoverFromCrash } from "../crash-recovery.ts";
import { checkSpawnOwner } from "../create-loops.ts";
import type { Invocation, Run } from "../invocation.ts";
import { poke } from "../poke.ts";
import type { resumeFlags } from "../registry/verbs.ts";
import { type CheckedLoop, checkRunner, reconcileRunners } from "../runner-check.ts";
import { startRunner } from "../start-runner.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof resumeFlags> = async (invocation) => {
  const { args, flags, out } = invocation;
  const owner = flags["spawn-owner"];
  checkSpawnOwner(owner);
  const db = openStore(invocation, "read");
  const found = findLoopByReference(db, args[0] ?? "");
  const [checked] = reconcileRunners(invocation, db, [checkRunner(invocation, db, found)]);
  const loop = checked?.loop ?? found;
  if (checked && isActive(loop)) await goOn(invocation, db, checked);
  else {
    skipOldOrders(invocation, db, loop);
    await startRunner(invocation, db, loop, { owner, reason: "resume" });
  }
  out.done(`Loop "${printable(loop.name)}" resumed (${printable(shownShortId(loop.shortId, loop.id))})`, {
    resumed: true,
    loop_id: loop.id,
    name: loop.name,
  });
};

/**
 * Has a loop go on that is not at rest: one whose runner crashed while its agent lives, or one that waits for somebody.
 * Throws `loop "<name>" is <state>; only stopped or errored loops can be resumed` for any other.
 */
async function goOn(invocation: Invocation, db: Db, { loop, verdict }: CheckedLoop): Promise<void> {
  if (verdict === "orphaned" && (await recoverFromCrash(invocation, db)).has(loop.id)) return;
  const kind = findLoopRuntime(db, loop.id)?.wait?.kind;
  if (loop.state !== "waiting" || !waitsForSomebody(kind)) throw notAtRest(loop);
  // Without its reason the runner looks anew whether it has to wait.
  patchLoopRuntime(db, loop.id, { wait: null }, invocation.world.now());
  await poke(invocation, [loop]);
}

const notAtRest = (loop: Loop) =>
  new ForgeError(
    "unknown",
    `loop ${JSON.stringify(loop.name)} is ${loop.state}; only stopped or errored loops can be resumed`,
    { hint: `It goes on by itself: forge explain ${pastedName(loop)}` },
  );

/** What was ordered before is not meant for the runner that starts now. */
function skipOldOrders({ world, out }: Invocation, db: Db, { id }: Loop): void {
  const skipped = inTransaction(db, () =>
    finishPendingOfTypes(
      db,
      id,
      ["stop_graceful", "kill_now"],
      "skipped",
      world.now(),
      "superseded by resume",
    ),
  );
  if (skipped.length > 0 && !out.quiet && !out.isJson)
    out.note(`note: skipped ${skipped.length} old stop/kill item(s)`);
}

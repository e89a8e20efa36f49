import { runLoopHere } from "../../runner/local-runner.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import type { Run } from "../invocation.ts";
import { openStore } from "../store-access.ts";
import { tellHooksMeanwhile } from "../tell-hooks.ts";

/** The process of a local loop: started detached by `up` and `resume`, silent. */
export const run: Run<Record<never, never>> = async (invocation) => {
  const { args, config, world } = invocation;
  const db = openStore(invocation, "read");
  await using _hooks = tellHooksMeanwhile(invocation, db);
  await runLoopHere({ db, config, world, loop: findLoopByReference(db, args[0] ?? "") });
};

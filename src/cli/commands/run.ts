import { existsSync } from "node:fs";
import { hooksPath } from "../../config/paths.ts";
import { syncConfigBudgets } from "../../runner/config-budgets.ts";
import { runOnceHere } from "../../runner/local-runner.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import type { Run } from "../invocation.ts";
import type { runFlags } from "../registry/loops.ts";
import { runDisplay } from "../run-display.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof runFlags> = async (invocation) => {
  const { args, config, global, world, out } = invocation;
  const db = openStore(invocation, "read");
  const loop = findLoopByReference(db, args[0] ?? "");
  syncConfigBudgets(db, config, world.now());
  await using _hooks = existsSync(hooksPath(config))
    ? (await import("../tell-hooks.ts")).tellHooksMeanwhile(invocation, db)
    : undefined;
  await runOnceHere({ db, config, world, loop, observer: runDisplay(out, global, world) });
};

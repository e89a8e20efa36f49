import { readStopAfter } from "../core/stop-after.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import type { SettledRun } from "./active-run.ts";
import { type Ending, stopBecause } from "./ending.ts";
import type { Session } from "./session.ts";

/** The end of a loop whose runs have failed, or changed nothing, too often in a row (spec/15 section 7.2). */
export function streakEnd({ deps, loopId }: Session, { outcome }: SettledRun): Ending | undefined {
  const runtime = findLoopRuntime(deps.db, loopId);
  if (runtime === undefined) return undefined;
  const { failures, noProgress } = readStopAfter(runtime.limits);
  if (noProgress > 0 && runtime.streaks.noProgress >= noProgress)
    return stopBecause(`no progress in ${noProgress} runs`);
  if (failures > 0 && runtime.streaks.failures >= failures)
    return stopBecause(`stopped after ${failures} failures: ${outcome ?? "failed"}`);
  return undefined;
}

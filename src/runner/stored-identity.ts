import type { ProcessIdentity } from "../process/identity.ts";
import type { RunRuntime } from "../store/fx-runs.ts";

/** The process that leads a run, as its row has it; undefined when it was not recorded. */
export function storedIdentity({ pid, pidStarted, bootId }: RunRuntime): ProcessIdentity | undefined {
  if (pid === undefined || pidStarted === undefined || bootId === undefined) return undefined;
  return { pid, started: pidStarted, bootId };
}

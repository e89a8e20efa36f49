import type { RunnerControl } from "./control.ts";

/**
 * Makes signals to this process requests to its one runner: the first asks it to shut down, the second not to wait any
 * longer (spec/10 section 10). A runner in a terminal shuts down with it; one that is detached has no terminal to lose.
 */
export function listenForSignals(
  control: RunnerControl,
  { isDetached }: { isDetached: boolean },
): Disposable {
  const end = () => control.ask(control.request === undefined ? "shutdown" : "shutdown at once");
  const hangUp = isDetached ? () => {} : end;
  process.on("SIGTERM", end).on("SIGINT", end).on("SIGHUP", hangUp);
  return {
    [Symbol.dispose]: () => {
      process.off("SIGTERM", end).off("SIGINT", end).off("SIGHUP", hangUp);
    },
  };
}

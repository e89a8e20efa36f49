import type { Milliseconds } from "../core/duration.ts";

/** Sleeps, but not on when the signal aborts. */
export function interruptibleSleep(duration: Milliseconds, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
    resolve();
  };
  const timer = setTimeout(wake, duration);
  signal.addEventListener("abort", wake);
  if (signal.aborted) wake();
  return promise;
}

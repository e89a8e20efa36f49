export type Signal = "SIGTERM" | "SIGKILL";

/** Sends a signal to a process, or with a negative number to a group. Whether anything was there to get it. */
export function sendSignal(target: number, signal: Signal): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

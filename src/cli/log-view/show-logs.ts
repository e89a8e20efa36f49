import type { Output } from "../../console/output.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { ForgeError } from "../../core/errors.ts";
import { FolderWatch } from "./folder-watch.ts";
import { Interruption } from "./interruption.ts";
import { isMissingFile } from "./log-file.ts";
import type { ShownLog } from "./shown-log.ts";
import { turnOfOthers } from "./turn-of-others.ts";

/** Longest time until growth is noticed that the system does not tell (spec/20 section 16.2). */
const POLL_MS = 250;

/**
 * Shows the tails of the logs. One that cannot be read is told on standard error and does not keep the others from being
 * shown; the answer is then false. Throws when it is the only one.
 */
export async function showTails(logs: readonly ShownLog[], out: Output): Promise<boolean> {
  let isComplete = true;
  for (const log of logs) {
    using shown = log;
    try {
      await shown.showTail();
      shown.showEnd();
    } catch (thrown) {
      if (logs.length === 1 || !(thrown instanceof ForgeError)) throw thrown;
      out.note(printable(thrown.message));
      isComplete = false;
    }
  }
  return isComplete;
}

/**
 * Shows the tails of the logs and then what is added to them, in the order of its arrival, until SIGINT (exit code 130) or
 * SIGTERM. A log that is missing is waited for.
 */
export async function followLogs(logs: readonly ShownLog[], out: Output): Promise<void> {
  using interruption = new Interruption();
  using watch = new FolderWatch(
    logs.map((log) => log.path),
    POLL_MS,
  );
  const { signal } = interruption;
  for (const log of logs) await showTailIfAny(log, out, signal);
  while (!signal.aborted) {
    const grown = logs.filter((log) => log.showGrowth());
    for (const log of logs) log.showHeld();
    await (grown.length > 0 ? turnOfOthers() : watch.next(signal));
  }
  for (const log of logs) log.stop();
  if (interruption.by === "SIGINT") throw new ExitCode(130);
}

async function showTailIfAny(log: ShownLog, out: Output, signal: AbortSignal): Promise<void> {
  try {
    await log.showTail(signal);
  } catch (thrown) {
    if (!isMissingFile(thrown)) throw thrown;
    out.note(printable(`${thrown.message} (waiting for it)`));
  }
}

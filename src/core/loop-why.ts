import type { Loop } from "./loop.ts";
import { type WaitReason, waitReasonText } from "./wait-kind.ts";

/** As many failures in a row make the runner wait longer than the interval (spec/10 section 4.4). */
export const BACKOFF_FROM_FAILURES = 3;

export interface RestingLoop {
  readonly loop: Pick<Loop, "state" | "lastError">;
  readonly wait?: WaitReason | undefined;
  /** Failed runs in a row. */
  readonly failures: number;
  /** Whether loops wait longer after failures. */
  readonly backsOff: boolean;
}

/** What keeps a loop from its work, for one cell of a table (spec/15 section 4.1); undefined when nothing does. */
export function whyNotWorking({ loop, wait, failures, backsOff }: RestingLoop): string | undefined {
  switch (loop.state) {
    case "waiting":
      return (wait && waitReasonText(wait)) ?? loop.lastError;
    case "error":
      return loop.lastError ?? "error";
    case "sleeping":
      return backsOff && failures >= BACKOFF_FROM_FAILURES
        ? `backing off after ${failures} failures`
        : undefined;
    case "running":
    case "stopped":
      return undefined;
    default:
      return loop.state satisfies never;
  }
}

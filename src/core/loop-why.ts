import type { Milliseconds } from "./duration.ts";
import type { Loop } from "./loop.ts";
import { roughDuration } from "./rough-duration.ts";
import type { Instant } from "./time.ts";
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
  /** How long its run has given no sign of life; undefined while it does. */
  readonly quietFor?: Milliseconds | undefined;
}

/** What keeps a loop from its work, for one cell of a table (spec/15 section 4.1); undefined when nothing does. */
export function whyNotWorking({ loop, wait, failures, backsOff, quietFor }: RestingLoop): string | undefined {
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
      return quietFor === undefined ? undefined : `quiet ${shownQuiet(quietFor)}`;
    case "stopped":
      return undefined;
    default:
      return loop.state satisfies never;
  }
}

const MINUTE_MS = 60_000;

/** `16m`: its seconds tell nothing; below a minute they are all there is. */
export const shownQuiet = (quietFor: Milliseconds): string =>
  roughDuration(quietFor < MINUTE_MS ? quietFor : quietFor - (quietFor % MINUTE_MS));

/** How long a run has given no sign of life; undefined while it does. */
export const quietFor = (quietSince: Instant | undefined, now: Instant): Milliseconds | undefined =>
  quietSince === undefined ? undefined : Math.max(0, now - quietSince);

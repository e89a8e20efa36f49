import type { Milliseconds } from "./duration.ts";
import type { ProfileId, RunId } from "./ids.ts";
import { type JsonObject, readText } from "./json.ts";
import { quietFor } from "./loop-why.ts";
import { formatTimeMillis, type Instant, parseTime } from "./time.ts";

/** What a loop remembers of its stalled run and of its silent one: `fx_loops.retry_json` (spec/15 section 6). */
export interface StallState {
  readonly stalled?: StalledRun | undefined;
  /** Since when the run that goes on has given no sign of life; undefined while it does. */
  readonly quietSince?: Instant | undefined;
}

/** A run that stalled and is to be tried once more. */
export interface StalledRun {
  readonly runId: RunId;
  /** To be taken up again where its CLI can. */
  readonly sessionId?: string | undefined;
  /** Whose account has the session. */
  readonly profileId?: ProfileId | undefined;
  /** The run that tries again, once it has begun. */
  readonly retriedBy?: RunId | undefined;
}

export function readStallState(json: JsonObject = {}): StallState {
  const runId = readText(json.stalled_run);
  return {
    // Ids of our own rows.
    stalled:
      runId === undefined
        ? undefined
        : {
            runId: runId as RunId,
            sessionId: readText(json.session_id),
            profileId: readText(json.profile_id) as ProfileId | undefined,
            retriedBy: readText(json.retried_by) as RunId | undefined,
          },
    quietSince: parseTime(readText(json.quiet_since)),
  };
}

/** Null when there is nothing to remember. */
export function stallStateJson({ stalled, quietSince }: StallState): JsonObject | null {
  if (stalled === undefined && quietSince === undefined) return null;
  return {
    stalled_run: stalled?.runId,
    session_id: stalled?.sessionId,
    profile_id: stalled?.profileId,
    retried_by: stalled?.retriedBy,
    quiet_since: quietSince === undefined ? undefined : formatTimeMillis(quietSince),
  };
}

/** How long the run of a loop has given no sign of life; undefined while it does. */
export const quietTime = (json: JsonObject | undefined, now: Instant): Milliseconds | undefined =>
  quietFor(readStallState(json).quietSince, now);

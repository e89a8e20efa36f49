import { formatDuration, type Milliseconds } from "../../core/duration.ts";
import { runQuiet } from "../../core/loop-events.ts";
import { appendEvent } from "../../store/events.ts";
import { findRunRuntime, patchRun } from "../../store/fx-runs.ts";
import { changeStallState } from "../../store/stall-states.ts";
import type { ActiveRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import type { StallReports } from "./stall-guard.ts";

/** Tells of a silent run in the log of its loop, by an event, and in the rows that listings read. */
export function reportsOf(session: Session, { runId, profile }: ActiveRun): StallReports {
  const { deps, loopId, epoch, log } = session;
  const { db } = deps;
  /** It may have ended while it was looked at. */
  const isWatched = () => findRunRuntime(db, runId)?.phase === "spawned";
  return {
    quiet: (silentFor) =>
      session.transact(() => {
        if (!isWatched()) return;
        const now = session.now();
        const since = now - silentFor;
        log.line(`run ${runId} quiet for ${shownSilence(silentFor)}`);
        patchRun(db, runId, { lastSignAt: since }, epoch);
        changeStallState(db, loopId, { quietSince: since }, { now, epoch });
        appendEvent(db, runQuiet(session.loop(), runId, { profile: profile.name, silentFor }), now);
      }),
    active: () =>
      session.transact(() =>
        changeStallState(db, loopId, { quietSince: undefined }, { now: session.now(), epoch }),
      ),
    stalled: (silentFor) => {
      if (isWatched()) log.line(`run ${runId} stalled after ${shownSilence(silentFor)}; ending`);
    },
  };
}

/** Nobody counts the milliseconds of a silence; below a second they are all there is. */
const shownSilence = (time: Milliseconds): string =>
  formatDuration(time < 1000 ? Math.round(time) : Math.round(time / 1000) * 1000);

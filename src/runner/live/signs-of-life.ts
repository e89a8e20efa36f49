import { join } from "node:path";
import type { Milliseconds } from "../../core/duration.ts";
import type { RunLimits } from "../../core/run-limits.ts";
import { adapterFor } from "../../harness/adapters/adapters.ts";
import { printsEvents } from "../../harness/machine-output.ts";
import { hasChangedSince } from "../../process/changed-files.ts";
import { cpuTimeOf } from "../../process/cpu-time.ts";
import { findRunRuntime } from "../../store/fx-runs.ts";
import { findProfile } from "../../store/profiles.ts";
import type { ActiveRun, HarnessProcess } from "../active-run.ts";
import type { Session } from "../session.ts";
import { reportsOf } from "./quiet-run.ts";
import { type LifeSensors, StallGuard } from "./stall-guard.ts";

/** CLIs that print nothing while a tool works get more time, unless a person has said how much. */
const SILENT_IN_TOOLS = 4;
const LEDGERS = join(".forge", "ledgers");
const NOT_THE_WORK: ReadonlySet<string> = new Set([".git", ".fmail"]);

/** A run that is watched while it goes on. */
export interface GuardedRun {
  readonly run: ActiveRun;
  readonly harness: HarnessProcess;
  /** As `Session.ticks` counts. */
  readonly startedAt: Milliseconds;
  /** Reads what was printed up to now. Answers how many bytes there are. */
  readonly refresh: () => Promise<number>;
}

/** Watches a run for signs of life by the rules of its loop. */
export function stallGuard(
  session: Session,
  guarded: GuardedRun,
  { firstOutput, stall }: RunLimits,
): StallGuard {
  const { run, startedAt } = guarded;
  const { loopDefaults } = session.deps.config;
  const { isSilentInTools, busyFrom } = adapterFor(run.profile.harness);
  const patience = isSilentInTools ? SILENT_IN_TOOLS : 1;
  const rules = {
    firstOutput: firstOutput ?? loopDefaults.firstOutput,
    stall: stall ?? loopDefaults.stall * patience,
    busyFrom,
  };
  return new StallGuard(
    {
      ...rules,
      // Who prints text may think for long without a word: ended only where a person has said after how long.
      isEnded: ({ signs }) => stall !== undefined || signs.recognised > 0 || isToPrintEvents(session, run),
    },
    sensorsOf(session, guarded),
    reportsOf(session, run),
    startedAt,
  );
}

/** By the command of its profile, where that is still there. */
function isToPrintEvents({ deps: { db } }: Session, { runId, profile: { harness } }: ActiveRun): boolean {
  const { profileId } = findRunRuntime(db, runId) ?? {};
  const profile = profileId && findProfile(db, profileId);
  const { name } = adapterFor(harness);
  if (!profile || name === "generic") return false;
  return printsEvents(name, [profile.commandTemplate, ...profile.extraArgs].join(" "));
}

function sensorsOf(session: Session, { harness: { identity }, refresh }: GuardedRun): LifeSensors {
  return {
    now: () => session.ticks(),
    refresh,
    cpuTime: (maxAge) => identity && cpuTimeOf(identity, maxAge),
    hasChangedWithin: (time) => {
      const { repoPath } = session.loop();
      // What Forge itself writes is no sign of the agent.
      const skip = new Set([join(repoPath, LEDGERS), session.deps.config.global.dataDir]);
      return hasChangedSince(repoPath, session.now() - time, { skip, skipNames: NOT_THE_WORK });
    },
  };
}

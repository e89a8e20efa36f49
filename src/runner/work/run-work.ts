import type { Loop } from "../../core/loop.ts";
import { readStopAfter } from "../../core/stop-after.ts";
import { adapterFor } from "../../harness/adapters/adapters.ts";
import type { RunSigns } from "../../harness/run-signs.ts";
import { findLoopRuntime } from "../../store/fx-loops.ts";
import { findFingerprintBefore } from "../../store/run-fingerprints.ts";
import type { ActiveRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import { isUnchanged, recordPlaces, UNKNOWN_WORK, workFingerprint } from "./fingerprint.ts";

/** What a run has done to the work, as far as anybody needs to know. */
export interface RunWork {
  readonly after?: string | undefined;
  /** Undefined when it is not known. */
  readonly isUnchanged?: boolean | undefined;
}

/**
 * The fingerprint of the work before a run; undefined where nothing will need it: only loops that stop without progress do,
 * and agents that can tell that they were refused a permission.
 */
export async function workBefore(session: Session, run: ActiveRun): Promise<string | undefined> {
  const needsIt = countsProgress(session, run) || adapterFor(run.profile.harness).tellsDenials;
  return needsIt ? fingerprintOf(session) : undefined;
}

/** Compares the work with what it was before the run; also after a run that an earlier runner began. */
export async function workAfter(session: Session, run: ActiveRun, signs: RunSigns): Promise<RunWork> {
  const before = findFingerprintBefore(session.deps.db, run.runId);
  if (before === undefined || before === UNKNOWN_WORK) return {};
  if (!countsProgress(session, run) && !wasRefused(signs)) return {};
  const after = await fingerprintOf(session);
  return { after, isUnchanged: isUnchanged(before, after) };
}

const countsProgress = ({ deps, loopId }: Session, { kind }: ActiveRun): boolean =>
  kind === "main" && readStopAfter(findLoopRuntime(deps.db, loopId)?.limits).noProgress > 0;

const wasRefused = ({ end }: RunSigns): boolean => end?.event.ok === true && (end.event.denials ?? 0) > 0;

function fingerprintOf(session: Session): Promise<string> {
  const loop: Loop = session.loop();
  const { config, environmentOf } = session.deps;
  const leftOut = [...recordPlaces(loop.repoPath), session.log.path, config.global.dataDir];
  return workFingerprint({ repoPath: loop.repoPath, env: environmentOf(session.loopId), leftOut });
}

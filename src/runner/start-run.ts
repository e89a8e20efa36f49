import { renderedPromptPath } from "../config/paths.ts";
import type { RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { Profile } from "../core/profile.ts";
import type { LoopRun } from "../core/run.ts";
import { harnessLaunch } from "../harness/launch.ts";
import { makeRunFolder, writePromptFile } from "../process/run-folder.ts";
import { type StartedRun, startWrapped } from "../process/wrapper.ts";
import { patchRun, type RunRuntimePatch } from "../store/fx-runs.ts";
import { storeFingerprint } from "../store/run-fingerprints.ts";
import type { RunMail } from "../store/run-mail.ts";
import type { ActiveRun, HarnessProcess } from "./active-run.ts";
import { promptDelivery, renderPrompt } from "./prompt-delivery.ts";
import type { Session } from "./session.ts";

/** A run that has its row, and all that its harness needs to start. */
export interface ClaimedRun extends Omit<ActiveRun, "profile"> {
  readonly row: LoopRun;
  readonly loop: Loop;
  readonly profile: Profile;
  /** The agent mail in the prompt. */
  readonly mail?: RunMail | undefined;
  /** The composed prompt. */
  readonly prompt: string;
  /** Path mode: the prompt's own file, where it says all that the composed text does. */
  readonly sourceFile?: string | undefined;
  /** The stalled run that it tries again, and the session that it goes on with, where it can. */
  readonly retry?: { readonly stalledRun: RunId; readonly sessionId?: string | undefined } | undefined;
}

/** Starts the harness of a run. Throws an Error that says why it could not be started. */
export function startHarness(session: Session, run: ClaimedRun): StartedRun {
  const { command, env, stdin } = launchOf(session, run);
  makeRunFolder(run.folder.path);
  if (stdin !== undefined) writePromptFile(run.folder, stdin);
  session.deps.faultPoint("before-spawn");
  const started = startWrapped({
    command,
    cwd: run.loop.repoPath,
    env,
    folder: run.folder,
    readsPrompt: stdin !== undefined,
  });
  session.deps.faultPoint("after-spawn");
  return started;
}

/** What was found before a harness was started. */
export interface BeforeStart {
  /** Size of the loop's log. */
  readonly logOffset: number;
  /** The fingerprint of the work, where it is needed. */
  readonly work: string | undefined;
}

/** Records the process of a run: from here on a later runner finds it by its pid. */
export async function recordStart(
  session: Session,
  { runId, row }: ClaimedRun,
  { identity, gone }: StartedRun,
  { logOffset, work }: BeforeStart,
): Promise<HarnessProcess> {
  const { deps, epoch } = session;
  const startedAt = session.now();
  const patch: RunRuntimePatch = {
    phase: "spawned",
    pid: identity.pid,
    pgid: identity.pid,
    pidStarted: identity.started,
    bootId: identity.bootId,
    logOffset,
    spawnedAt: startedAt,
  };
  await session.transact(() => {
    patchRun(deps.db, runId, patch, epoch);
    if (work !== undefined) storeFingerprint(deps.db, row, "before", work);
  });
  deps.faultPoint("recorded-spawn");
  return { identity, gone, logOffset, copied: 0, startedAt };
}

function launchOf(session: Session, { runId, profile, prompt, sourceFile, loop, retry }: ClaimedRun) {
  const base = session.deps.environmentOf(session.loopId);
  const delivery = promptDelivery(profile.promptMode, prompt, sourceFile ?? promptFile(session, runId));
  const launch = harnessLaunch({
    base,
    loop,
    runId,
    profile,
    promptText: delivery.variable,
    promptPath: delivery.path,
    sessionId: retry?.sessionId,
  });
  return { ...launch, stdin: delivery.stdin };
}

/** Writes the file that a harness in path mode is given, where the source itself does not do. Throws what writing says. */
export function preparePrompt(session: Session, { runId, profile, prompt, sourceFile }: ClaimedRun): void {
  if (profile.promptMode !== "path" || sourceFile !== undefined) return;
  renderPrompt(promptFile(session, runId), prompt);
}

const promptFile = ({ deps, loopId }: Session, runId: string): string =>
  renderedPromptPath(deps.config, loopId, runId);

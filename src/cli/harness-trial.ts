import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopId, newId, type RunId } from "../core/ids.ts";
import type { Profile } from "../core/profile.ts";
import { harnessLaunch } from "../harness/launch.ts";
import type { Environment } from "../process/environment.ts";
import { readExitFile } from "../process/exit-file.ts";
import { makeRunFolder, writePromptFile } from "../process/run-folder.ts";
import { terminateRun } from "../process/terminate.ts";
import { startWrapped } from "../process/wrapper.ts";
import { promptDelivery, renderPrompt } from "../runner/prompt-delivery.ts";

const PROMPT = "Reply with the single word ok.";

/** What a single run of a profile's command has left. */
export interface Trial {
  readonly output: Uint8Array;
  /** The shell's `$?`; undefined when it was ended for taking too long. */
  readonly exit: number | undefined;
}

/**
 * Runs the command of a profile once, as a loop would, with a tiny prompt in an empty git repository that is removed
 * afterwards, with all that was started. Throws an Error that says why it could not be started.
 */
export async function tryHarness(profile: Profile, env: Environment, timeoutMs: number): Promise<Trial> {
  const root = mkdtempSync(join(tmpdir(), "forge-check-"));
  try {
    return await runIn(root, profile, env, timeoutMs);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function runIn(root: string, profile: Profile, base: Environment, timeoutMs: number): Promise<Trial> {
  const repoPath = join(root, "repository");
  mkdirSync(repoPath);
  Bun.spawnSync(["git", "init", "--quiet"], {
    cwd: repoPath,
    env: base,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const folder = makeRunFolder(join(root, "run"));
  const promptPath = join(root, "prompt.md");
  const delivery = promptDelivery(profile.promptMode, PROMPT, promptPath);
  if (delivery.path !== undefined) renderPrompt(promptPath, PROMPT);
  if (delivery.stdin !== undefined) writePromptFile(folder, delivery.stdin);
  const runId = newId<RunId>();
  const { identity, gone } = startWrapped({
    ...harnessLaunch({
      base,
      loop: { id: newId<LoopId>(), name: "harness-check", repoPath },
      runId,
      profile,
      promptText: delivery.variable,
      promptPath: delivery.path,
    }),
    cwd: repoPath,
    folder,
    readsPrompt: delivery.stdin !== undefined,
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void terminateRun({ runId, leader: identity });
  }, timeoutMs);
  await gone;
  clearTimeout(timer);
  // What it may have left running.
  await terminateRun({ runId, leader: undefined });
  return { output: readFileSync(folder.output), exit: isLate ? undefined : readExitFile(folder.exit)?.raw };
}

import { loopEnvironmentPath } from "../config/paths.ts";
import type { Output } from "../console/output.ts";
import { type ForgeError, operationFailed, toForgeError } from "../core/errors.ts";
import { isAboutLiveRunner } from "../core/live-runner.ts";
import type { Loop } from "../core/loop.ts";
import { saveEnvironment } from "../process/environment.ts";
import { syncConfigBudgets } from "../runner/config-budgets.ts";
import type { Db } from "../store/database.ts";
import { patchLoop } from "../store/loop-updates.ts";
import { canHaveSupervisor } from "../supervisor/launch.ts";
import type { StartReason } from "../supervisor/protocol.ts";
import { type SpawningCaller, spawnForge } from "../supervisor/spawn-forge.ts";
import { startInSupervisor } from "../supervisor/start-loop.ts";

/** A command that starts runners; every invocation is one. */
export interface RunnerCaller extends SpawningCaller {
  readonly out: Output;
}

/** Who shall host a runner: the supervisor, a process of its own, or the first of these that works (spec/10 section 2.1). */
export type SpawnOwner = "auto" | "local" | "daemon";

export interface RunnerStart {
  readonly owner: SpawnOwner;
  readonly reason: StartReason;
}

/**
 * Starts a runner that begins anew, for a loop whose row is committed; the caller's environment is saved for its runs first.
 * Resolves when the supervisor has the loop, or its process was started. Throws the messages of spec/10 section 2.1; the
 * loop's state is then as it was.
 */
export async function startRunner(
  caller: RunnerCaller,
  db: Db,
  loop: Loop,
  { owner, reason }: RunnerStart,
): Promise<void> {
  saveEnvironment(loopEnvironmentPath(caller.config, loop.id));
  syncConfigBudgets(db, caller.config, caller.world.now());
  switch (owner) {
    case "local":
      return startLocal(caller, db, loop);
    case "daemon":
      return startHosted(caller, loop, reason);
    case "auto":
      return startAnywhere(caller, db, loop, reason);
    default:
      return owner satisfies never;
  }
}

/** Starts a process of its own for a loop. Throws `failed to start local loop process: <cause>`. */
export function startLocal(caller: SpawningCaller, db: Db, loop: Loop): void {
  const runnerInstanceId = `local-${crypto.randomUUID().replaceAll("-", "")}`;
  const owner = { runnerOwner: "local", runnerInstanceId } as const;
  patchLoop(db, loop.id, { metadata: owner }, caller.world.now());
  try {
    spawnForge(caller, { words: ["loop", "run", loop.id], cwd: loop.repoPath });
  } catch (thrown) {
    throw operationFailed(`failed to start local loop process: ${toForgeError(thrown).message}`, {
      cause: thrown,
    });
  }
}

async function startHosted(caller: RunnerCaller, loop: Loop, reason: StartReason): Promise<void> {
  const { started, ping } = await startInSupervisor(caller, loop.id, reason);
  if (started) noteLeftBehind(caller.out, ping.left_behind);
}

async function startAnywhere(caller: RunnerCaller, db: Db, loop: Loop, reason: StartReason): Promise<void> {
  // Who has switched it off is not told each time that it is off.
  if (!canHaveSupervisor(caller)) return startLocal(caller, db, loop);
  try {
    await startHosted(caller, loop, reason);
  } catch (thrown) {
    const error = toForgeError(thrown);
    // A second runner could not have the loop either.
    if (error.kind === "exists" || isAboutLiveRunner(error)) throw error;
    fallBack(caller, db, loop, error);
  }
}

function fallBack(caller: RunnerCaller, db: Db, loop: Loop, error: ForgeError): void {
  say(caller.out, `warning: forged unavailable, falling back to local spawn (${error.message})`);
  try {
    startLocal(caller, db, loop);
  } catch (thrown) {
    const { message } = toForgeError(thrown);
    throw operationFailed(`daemon start failed (${error.message}), local fallback failed: ${message}`, {
      hint: error.hint,
      cause: thrown,
    });
  }
}

/** Tells of loops that a supervisor found and did not take up (spec/10 section 15.1). */
export function noteLeftBehind(out: Output, count: number): void {
  if (count === 0) return;
  say(
    out,
    `note: ${count} loop(s) were running before this machine restarted; forge daemon start resumes them`,
  );
}

const say = (out: Output, text: string): void => {
  if (!out.quiet && !out.isJson) out.note(text);
};

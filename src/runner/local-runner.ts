import type { Config } from "../config/config.ts";
import { loopEnvironmentPath } from "../config/paths.ts";
import { ForgeError, toForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { World } from "../core/world.ts";
import { definedVariables, loadEnvironment } from "../process/environment.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { RunnerControl } from "./control.ts";
import type { RunnerDeps, RunnerObserver } from "./deps.ts";
import { faultPointsFrom } from "./fault-points.ts";
import { runLoop, runOnce } from "./runner.ts";
import { listenForSignals } from "./signals.ts";
import { WakeUps } from "./wake-ups.ts";

/** What a command has at hand. */
export interface LocalRunner {
  /** Opened for writing. */
  readonly db: Db;
  readonly config: Config;
  readonly world: World;
  readonly loop: Loop;
  readonly observer?: RunnerObserver | undefined;
}

/**
 * One iteration in this process, for `forge run`; its harness gets the caller's environment. Throws
 * `loop run failed: <cause>`.
 */
export async function runOnceHere(runner: LocalRunner): Promise<void> {
  await untilEnd(runner, false, async (wakeUps, control) => {
    const deps = localDeps(runner, wakeUps, () => definedVariables(runner.world.env));
    return runOnce(deps, runner.loop.id, control);
  });
}

/**
 * A loop's whole life in this process, for the detached `forge loop run`; its harnesses get the environment that was saved
 * for the loop. A loop that a crashed runner has left goes on where it was. Throws `loop run failed: <cause>`.
 */
export async function runLoopHere(runner: LocalRunner): Promise<void> {
  const { config, world, loop } = runner;
  await untilEnd(runner, true, async (wakeUps, control) => {
    const deps = localDeps(
      runner,
      wakeUps,
      () => loadEnvironment(loopEnvironmentPath(config, loop.id)) ?? definedVariables(world.env),
    );
    return runLoop(deps, loop.id, { control, goesOn: wasLeftRunning(runner) });
  });
}

/** Runs until the end and makes every failure the command's own. */
async function untilEnd(
  { db }: LocalRunner,
  isDetached: boolean,
  run: (wakeUps: WakeUps, control: RunnerControl) => Promise<string>,
): Promise<void> {
  const control = new RunnerControl();
  using _signals = listenForSignals(control, { isDetached });
  using wakeUps = new WakeUps(db);
  const end = await run(wakeUps, control).catch((thrown) => {
    const { kind, message, hint, details, exit } = toForgeError(thrown);
    throw new ForgeError(kind, `loop run failed: ${message}`, { hint, details, exit, cause: thrown });
  });
  if (end === "cancelled") throw new ForgeError("unknown", "loop run failed: context canceled");
}

function localDeps(
  { db, config, world, loop, observer }: LocalRunner,
  wakeUps: WakeUps,
  environmentOf: RunnerDeps["environmentOf"],
): RunnerDeps {
  const { runnerOwner, runnerInstanceId } = readLoopMetadata(loop.metadata);
  return {
    db,
    config,
    now: world.now,
    wakeUps,
    owner: "local",
    instanceId: (runnerOwner === "local" && runnerInstanceId) || newInstanceId(),
    environmentOf,
    observer,
    faultPoint: faultPointsFrom(world.env),
  };
}

const newInstanceId = (): string => `local-${crypto.randomUUID().replaceAll("-", "")}`;

/** `up` and `resume` start loops that are stopped; one in any other state lost its runner. */
function wasLeftRunning({ db, loop }: LocalRunner): boolean {
  const isWanted = findLoopRuntime(db, loop.id)?.wanted === "running";
  return isWanted && (loop.state === "running" || loop.state === "sleeping" || loop.state === "waiting");
}

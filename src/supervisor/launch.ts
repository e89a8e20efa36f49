import { supervisorLockPath, supervisorLogPath, supervisorStartLockPath } from "../config/paths.ts";
import type { Milliseconds } from "../core/duration.ts";
import { type ForgeError, operationFailed } from "../core/errors.ts";
import { systemReason } from "../core/system-error.ts";
import { FileLock, lockHolder } from "../process/file-lock.ts";
import { readTail } from "../process/tail.ts";
import { namedTarget, noSupervisorAt } from "./address.ts";
import {
  checkApi,
  type FoundSupervisor,
  findSupervisor,
  isSupervisorAlive,
  shutDownSupervisor,
} from "./client.ts";
import { API } from "./protocol.ts";
import { type SpawningCaller, spawnForge } from "./spawn-forge.ts";

/** How long a supervisor may take until it answers (spec/10 section 15.1). */
const START_MS: Milliseconds = 5000;
const LOOK_EVERY_MS: Milliseconds = 10;
/** How long the next supervisor may take to come by itself: its predecessor or the service manager starts it. */
const COMES_WITHIN_MS: Milliseconds = 2000;

export interface LaunchOptions {
  /** Whether a command needs one, or a person asked for it; the latter also takes up loops of an earlier boot. */
  readonly onDemand: boolean;
  /** Whether loops that were running go on; yes when not given. */
  readonly resume?: boolean;
}

export interface EnsuredSupervisor extends FoundSupervisor {
  /** Whether it was not there before. */
  readonly started: boolean;
}

/** Whether commands may start a supervisor that nobody asked for (spec/10 section 15.1). */
export const startsOnDemand = ({ config, world }: SpawningCaller): boolean =>
  config.daemon.autostart && !world.env.FORGE_NO_DAEMON && namedTarget(world.env) === undefined;

/** Whether there is a supervisor to be asked, or one may be started on demand. */
export const canHaveSupervisor = (caller: SpawningCaller): boolean =>
  startsOnDemand(caller) || namedTarget(caller.world.env) !== undefined || isSupervisorAlive(caller);

/**
 * Finds the caller's supervisor, or starts one: detached, one per data directory however many ask at once. Throws
 * `forged daemon unavailable: ...` or `forged speaks api <n>, ...`.
 */
export async function ensureSupervisor(
  caller: SpawningCaller,
  options: LaunchOptions,
): Promise<EnsuredSupervisor> {
  const target = namedTarget(caller.world.env);
  if (target !== undefined) return { ...(await foundAt(caller, target)), started: false };
  const ensured = await findOrStart(caller, options);
  return ensured.ping.api === API ? ensured : replaced(caller, ensured);
}

async function foundAt(caller: SpawningCaller, target: string): Promise<FoundSupervisor> {
  const found = await findSupervisor(caller);
  if (found === undefined) throw noSupervisorAt(target);
  checkApi(found.ping);
  return found;
}

async function findOrStart(caller: SpawningCaller, options: LaunchOptions): Promise<EnsuredSupervisor> {
  const deadline = performance.now() + START_MS;
  do {
    if (isSupervisorAlive(caller)) {
      const found = await findSupervisor(caller);
      if (found !== undefined) return { ...found, started: false };
    } else {
      if (options.onDemand && !startsOnDemand(caller))
        throw unavailable("daemon.autostart or FORGE_NO_DAEMON says no", "forge daemon start");
      // Held by the one client that starts it; the others wait for what it has started.
      using startLock = await takeStartLock(caller);
      if (startLock && !isSupervisorAlive(caller)) return await start(caller, options, deadline);
    }
    await Bun.sleep(LOOK_EVERY_MS);
  } while (performance.now() < deadline);
  throw unavailable(`it does not answer (pid ${livingPid(caller)})`);
}

async function start(
  caller: SpawningCaller,
  { onDemand, resume = true }: LaunchOptions,
  deadline: number,
): Promise<EnsuredSupervisor> {
  const child = spawnSupervisor(caller, [
    "--background",
    ...(onDemand ? ["--on-demand"] : []),
    ...(resume ? [] : ["--no-resume"]),
  ]);
  while (performance.now() < deadline) {
    const found = await findSupervisor(caller);
    if (found !== undefined) return { ...found, started: true };
    // It has ended because another one was faster: then that one answers in a moment.
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded && !isSupervisorAlive(caller))
      throw await failedToStart(
        caller,
        `it ended with ${child.signalCode ?? `exit status ${child.exitCode}`}`,
      );
    await Bun.sleep(LOOK_EVERY_MS);
  }
  throw await failedToStart(caller, "no answer within 5 s");
}

async function takeStartLock({ config }: SpawningCaller): Promise<FileLock | undefined> {
  try {
    return await FileLock.acquire(supervisorStartLockPath(config), `${process.pid}\n`);
  } catch (thrown) {
    throw unavailable(systemReason(thrown));
  }
}

function spawnSupervisor(caller: SpawningCaller, words: readonly string[]): Bun.Subprocess {
  try {
    // The executable does `daemon run` when it is called by this name.
    return spawnForge(caller, { words, cwd: "/", argv0: "forged" });
  } catch (thrown) {
    throw unavailable(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Has a supervisor of another API number hand over to its executable, which may have been replaced since it started. */
async function replaced(caller: SpawningCaller, old: FoundSupervisor): Promise<EnsuredSupervisor> {
  await shutDownSupervisor(old.address, "handover").catch(() => {});
  const next = await nextSupervisor(caller, old.ping.instance_id);
  checkApi(next?.ping ?? old.ping);
  return { ...(next ?? old), started: next !== undefined };
}

/** The supervisor that lives, also when it is just starting. Throws when one lives and does not answer. */
export async function findLivingSupervisor(caller: SpawningCaller): Promise<FoundSupervisor | undefined> {
  const deadline = performance.now() + START_MS;
  do {
    const found = await findSupervisor(caller);
    if (found !== undefined) return found;
    if (namedTarget(caller.world.env) !== undefined || !isSupervisorAlive(caller)) return undefined;
    await Bun.sleep(LOOK_EVERY_MS);
  } while (performance.now() < deadline);
  throw operationFailed(`failed to reach forged: it does not answer (pid ${livingPid(caller)})`);
}

const livingPid = ({ config }: SpawningCaller): string =>
  lockHolder(supervisorLockPath(config)).split(" ", 1)[0] || "unknown";

/** Waits for a supervisor that is not the one with this instance id. Undefined when none answers in time. */
export async function nextSupervisor(
  caller: SpawningCaller,
  instanceId: string,
): Promise<FoundSupervisor | undefined> {
  const deadline = performance.now() + COMES_WITHIN_MS;
  while (performance.now() < deadline) {
    const found = await findSupervisor(caller);
    if (found && found.ping.instance_id !== instanceId) return found;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

async function failedToStart(caller: SpawningCaller, cause: string): Promise<ForgeError> {
  return unavailable(cause, await readTail(supervisorLogPath(caller.config), 1));
}

const unavailable = (cause: string, hint?: string): ForgeError =>
  operationFailed(`forged daemon unavailable: failed to start supervisor: ${cause}`, {
    hint: hint || undefined,
  });

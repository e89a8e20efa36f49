import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { runnersDir, supervisorSocketPath } from "../../config/paths.ts";
import { type Check, checksOf } from "../../core/doctor-report.ts";
import { ForgeError, toForgeError } from "../../core/errors.ts";
import type { LoopId, RunId } from "../../core/ids.ts";
import type { World } from "../../core/world.ts";
import { isLocked } from "../../process/file-lock.ts";
import { markedProcesses, markedRuns } from "../../process/marked-processes.ts";
import type { Db } from "../../store/database.ts";
import { findLoop } from "../../store/loops.ts";
import { settledRuns } from "../../store/settled-runs.ts";
import { findSupervisor, isSupervisorAlive } from "../../supervisor/client.ts";
import { API } from "../../supervisor/protocol.ts";

const { pass, warn, fail } = checksOf("runtime");

export interface RuntimeReport {
  readonly checks: readonly Check[];
  /** Runs that have ended and of which something is alive. */
  readonly orphans: readonly RunId[];
  /** Files that a supervisor or runner has left and nobody holds. */
  readonly staleFiles: readonly string[];
}

export async function runtimeChecks(
  caller: { readonly config: Config; readonly world: World },
  db: Db | undefined,
): Promise<RuntimeReport> {
  const orphans = db === undefined ? [] : findOrphans(db, caller.world);
  const socket = staleSocket(caller);
  const locks = db === undefined ? [] : staleLocks(caller.config, db);
  const staleFiles = [...socket, ...locks];
  return {
    checks: [await supervisor(caller, socket), orphanCheck(orphans), ...lockCheck(locks)],
    orphans,
    staleFiles,
  };
}

/** Never throws: where the environment names a place that cannot be one, that is what is not well. */
async function supervisor(
  caller: { readonly config: Config; readonly world: World },
  stale: readonly string[],
): Promise<Check> {
  const found = await findSupervisor(caller).catch(toForgeError);
  if (found instanceof ForgeError) return fail("supervisor", found.message);
  if (found) {
    const { api, version, pid } = found.ping;
    if (api === API) return pass("supervisor", `forged ${version} (pid ${pid})`);
    return warn("supervisor", `forged speaks api ${api}, this forge ${API}: run forge daemon restart`);
  }
  if (isSupervisorAlive(caller))
    return fail("supervisor", "forged is alive and does not answer: run forge daemon restart");
  if (stale.length > 0) return warn("supervisor", `not running; stale socket ${stale.join(", ")}`);
  return pass("supervisor", "not running (it is started when a loop needs it)");
}

function staleSocket(caller: { readonly config: Config; readonly world: World }): string[] {
  const { config, world } = caller;
  const path = supervisorSocketPath(config, world.env, process.getuid?.() ?? 0);
  return existsSync(path) && !isSupervisorAlive(caller) ? [path] : [];
}

/** A run in which the doctor itself is called is not over, whatever the database says. */
function findOrphans(db: Db, { env }: World): RunId[] {
  const marked = markedRuns().filter((run) => run !== env.FORGE_RUN_ID);
  return settledRuns(db, marked);
}

function orphanCheck(orphans: readonly RunId[]): Check {
  if (orphans.length === 0) return pass("orphans", "none");
  const told = orphans.map((run) => {
    const pids = markedProcesses(run).map(({ pid }) => pid);
    return `run ${run} (pid ${pids.join(", ")})`;
  });
  return warn("orphans", `processes of runs that are over: ${told.join("; ")}; forge doctor --fix ends them`);
}

const LOCK = /^(.+)\.lock$/;

/** Locks of loops that are gone, which nobody holds. Those of loops that are there stay: they are taken again. */
function staleLocks(config: Config, db: Db): string[] {
  const folder = runnersDir(config);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) => {
    const [, loopId] = LOCK.exec(file) ?? [];
    const path = join(folder, file);
    // Named after the loop.
    const isGone = loopId !== undefined && findLoop(db, loopId as LoopId) === undefined;
    return isGone && !isLocked(path) ? [path] : [];
  });
}

const lockCheck = (locks: readonly string[]): Check[] =>
  locks.length === 0
    ? []
    : [warn("locks", `${locks.length} lock(s) of loops that are gone; forge doctor --fix removes them`)];

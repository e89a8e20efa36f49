import { statSync } from "node:fs";
import { resolve } from "node:path";
import { findConfigFile } from "../config/location.ts";
import { configDir, databasePath, dataDir } from "../config/paths.ts";
import { detachedEnvironment, type Environment } from "../process/environment.ts";
import type { SupervisorCaller } from "./address.ts";

/** A Forge of our own in a session of its own, its standard streams closed. */
export interface DetachedForge {
  readonly words: readonly string[];
  readonly cwd: string;
  /** Shown in the process list in place of the executable's path. */
  readonly argv0?: string;
}

/** What `--config` of the caller was, so that what it starts reads the same file. */
export interface SpawningCaller extends SupervisorCaller {
  readonly global: { readonly config?: string | undefined };
}

/**
 * Starts the caller's own executable so that it survives the caller, with the caller's configuration. Returns a child that
 * nobody has to wait for. Throws an Error whose message tells why it could not be started.
 */
export function spawnForge(caller: SpawningCaller, { words, cwd, argv0 }: DetachedForge): Bun.Subprocess {
  // Bun reports a missing working directory as a missing program.
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`chdir ${cwd}: no such file or directory`);
  const child = Bun.spawn([caller.world.executable, ...configWords(caller), ...words], {
    cwd,
    env: environmentFor(caller),
    detached: true,
    stdio: ["ignore", "ignore", "ignore"],
    ...(argv0 && { argv0 }),
  });
  child.unref();
  return child;
}

function configWords({ global, world }: SpawningCaller): string[] {
  const place = { cwd: world.cwd, home: world.env.HOME || undefined };
  const file = findConfigFile(global.config, world.env, place);
  return file === undefined ? [] : ["--config", file];
}

/** Paths of the environment may be relative to the caller's working directory, which is not that of the child. */
function environmentFor({ config, world }: SpawningCaller): Environment {
  return {
    ...detachedEnvironment(world.env),
    FORGE_DATA_DIR: dataDir(config),
    FORGE_GLOBAL_CONFIG_DIR: configDir(config),
    FORGE_DATABASE_PATH: resolve(world.cwd, databasePath(config)),
  };
}

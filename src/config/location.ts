import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { World } from "../core/world.ts";
import { expandHome, type Place, placed } from "./place.ts";

type Environment = World["env"];

/** Where data lies when nothing names a place. Without HOME: in the working directory. */
export const defaultDataDir = ({ home, cwd }: Place): string =>
  home === undefined ? join(cwd, ".forge-data") : join(home, ".local/share/forge");

/** Where configuration lies when nothing names a place. */
export function defaultConfigDir(env: Environment, place: Place): string {
  if (env.XDG_CONFIG_HOME) return join(placed(env.XDG_CONFIG_HOME, place), "forge");
  return place.home === undefined ? join(defaultDataDir(place), "config") : join(place.home, ".config/forge");
}

/** The file that the caller names: by flag, else by environment. It has to exist. */
function namedConfigFile(flag: string | undefined, env: Environment, place: Place): string | undefined {
  const name = flag || env.FORGE_CONFIG_PATH || env.FORGE_CONFIG;
  if (!name) return undefined;
  const expanded = expandHome(name, place.home);
  return isAbsolute(expanded) ? expanded : resolve(place.cwd, expanded);
}

/**
 * The configuration file to read, if any (spec/30 section 2.1). The working directory is not among the places: a foreign
 * repository must not configure Forge.
 */
export function findConfigFile(flag: string | undefined, env: Environment, place: Place): string | undefined {
  const named = namedConfigFile(flag, env, place);
  return named ?? configFilePlaces(env, place).find((path) => existsSync(path));
}

function configFilePlaces(env: Environment, place: Place): string[] {
  const moved = env.FORGE_GLOBAL_CONFIG_DIR || env.SWARM_GLOBAL_CONFIG_DIR;
  const bases = [env.XDG_CONFIG_HOME, place.home && join(place.home, ".config")];
  const folders = [
    moved,
    ...bases.flatMap((base) => (base ? [join(base, "forge"), join(base, "swarm")] : [])),
  ];
  return folders.flatMap((folder) => (folder ? [join(placed(folder, place), "config.yaml")] : []));
}

/** The file that `config path` prints and `config init` writes: the first place in which it is looked for. */
export function globalConfigFile(flag: string | undefined, env: Environment, place: Place): string {
  const moved = env.FORGE_GLOBAL_CONFIG_DIR || env.SWARM_GLOBAL_CONFIG_DIR;
  const folder = moved ? placed(moved, place) : defaultConfigDir(env, place);
  return namedConfigFile(flag, env, place) ?? join(folder, "config.yaml");
}

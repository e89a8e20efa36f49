import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import { dataDir, supervisorSocketPath } from "../config/paths.ts";
import { operationFailed } from "../core/errors.ts";
import type { World } from "../core/world.ts";

/**
 * Where the supervisor of a data directory listens, its folder being there. Throws when that folder is one that somebody
 * else could put a socket into.
 */
export function prepareSocketPath(config: Config, env: World["env"]): string {
  const uid = process.getuid?.() ?? 0;
  const path = supervisorSocketPath(config, env, uid);
  const folder = dirname(path);
  if (folder !== dataDir(config)) claimFolder(folder, uid);
  return path;
}

/** Outside of the data directory, in `/tmp`, others could have made the folder before us. */
function claimFolder(folder: string, uid: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid)
    throw operationFailed(`failed to listen in ${folder}: it belongs to somebody else`);
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

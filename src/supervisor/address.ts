import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { supervisorInfoPath } from "../config/paths.ts";
import { operationFailed } from "../core/errors.ts";
import { isJsonObject } from "../core/json.ts";
import type { World } from "../core/world.ts";

/** Who asks for a supervisor. */
export interface SupervisorCaller {
  readonly config: Config;
  readonly world: World;
}

/** Where a supervisor listens. */
export type SupervisorAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "http"; readonly origin: string; readonly token: string };

/** `forged.json`: what a supervisor says of itself while it accepts requests (spec/10 section 15). */
export interface SupervisorInfo {
  readonly pid: number;
  readonly started_at: string;
  readonly boot_id: string;
  readonly version: string;
  readonly api: number;
  readonly instance_id: string;
  readonly socket: string;
  readonly executable: string;
}

/** The supervisor that the environment names in place of the data directory's own; then none is started on demand. */
export const namedTarget = (env: World["env"]): string | undefined =>
  env.FORGE_DAEMON_TARGET?.trim() || env.FORGED_ADDR?.trim() || undefined;

/**
 * Where the caller's supervisor listens; undefined when the data directory has none. Nothing is asked yet: one file is read.
 * Throws `forged daemon unavailable: ...` when the environment names a place that cannot be one.
 */
export function supervisorAddress({ config, world }: SupervisorCaller): SupervisorAddress | undefined {
  const target = namedTarget(world.env);
  if (target !== undefined) return parseTarget(target, config.daemon.token);
  const info = readSupervisorInfo(config);
  return info && { kind: "socket", path: info.socket };
}

/** What the last supervisor said of itself; it may be gone. Undefined when there is no such file, or not a whole one. */
export function readSupervisorInfo(config: Config): SupervisorInfo | undefined {
  try {
    const info: unknown = JSON.parse(readFileSync(supervisorInfoPath(config), "utf8"));
    // Written by us alone, and renamed into place whole; the socket is all that a client cannot do without.
    if (isJsonObject(info) && typeof info.socket === "string") return info as unknown as SupervisorInfo;
  } catch {
    // None has been started here.
  }
  return undefined;
}

/** `unix:///path`, `http://host:port`, or `host:port`. */
function parseTarget(target: string, token: string): SupervisorAddress {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(target) ?? [];
  if (path !== undefined) return { kind: "socket", path };
  const url = URL.parse(/^https?:\/\//.test(target) ? target : `http://${target}`);
  if (url === null || url.hostname === "") throw noSupervisorAt(target);
  return { kind: "http", origin: url.origin, token };
}

export const noSupervisorAt = (target: string) =>
  operationFailed(`forged daemon unavailable: no Forge supervisor at ${target}`);

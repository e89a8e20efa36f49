import { agentMailSetting, lockProject } from "../config/agent-mail.ts";
import type { Config } from "../config/config.ts";
import type { Milliseconds } from "../core/duration.ts";
import { invalid } from "../core/errors.ts";
import { normalizedPattern, patternsOverlap } from "../core/path-pattern.ts";
import type { Reservation } from "../core/reservation.ts";
import type { ClaimRequest, Conflict } from "../core/reservation-rules.ts";
import type { Instant } from "../core/time.ts";
import type { World } from "../core/world.ts";

interface Caller {
  readonly config: Config;
  readonly world: World;
}

/** Which of an agent's own locks are meant; neither ids nor paths: all of them. */
export interface OwnLocks {
  readonly agent: string;
  readonly ids: ReadonlySet<number>;
  readonly paths: readonly string[];
}

/** Either conflicts and no change, or what was granted. */
export type ClaimAnswer =
  | { readonly conflicts: readonly Conflict[]; readonly granted?: undefined }
  | { readonly granted: readonly Reservation[]; readonly conflicts?: undefined };

/** Where the locks of a project are kept. */
export interface LockKeeper {
  /** What counts now, oldest first. */
  active(): Promise<Reservation[]>;
  /** Claims after releasing those that stand against it and may be pushed aside. */
  claim(request: ClaimRequest, pushedAside: readonly Conflict[]): Promise<ClaimAnswer>;
  release(own: OwnLocks): Promise<{ readonly released: number; readonly at: Instant }>;
  renew(own: OwnLocks, ttl: Milliseconds): Promise<{ readonly renewed: number; readonly expiresAt: Instant }>;
}

/** The store of this machine, or the lock server that the environment names. */
export async function lockKeeper({ config, world }: Caller): Promise<LockKeeper> {
  const url = agentMailSetting(world.env, "URL");
  if (url !== undefined) return (await import("./lock-server.ts")).lockServer(url, world);
  return (await import("./local-locks.ts")).localLocks(config, world);
}

/** The shortest time for which a lock can be claimed. */
const SHORTEST_TTL_MS = 60_000;

/** Throws `--path is required` when no path is left after blank ones are taken out. */
export function requiredPaths({ cwd, env }: World, typed: readonly string[]): string[] {
  const paths = givenPaths({ cwd, env }, typed);
  if (paths.length === 0) throw invalid("--path is required");
  return paths;
}

/** The paths of a command line as they are compared, each once: from the root of the project. */
export function givenPaths({ cwd, env }: Pick<World, "cwd" | "env">, typed: readonly string[]): string[] {
  const root = `${lockProject(env, cwd)}/`;
  const paths = typed
    .map(normalizedPattern)
    .map((path) => (path.startsWith(root) ? path.slice(root.length) : path));
  return [...new Set(paths.filter((path) => path !== ""))];
}

/** Throws `ttl must be at least 1m0s`. */
export function checkTtl(ttl: Milliseconds): void {
  if (ttl < SHORTEST_TTL_MS) throw invalid("ttl must be at least 1m0s");
}

/** Whose locks are claimed or given back. Throws `agent name is required ...`. */
export function lockingAgent(flag: string | undefined, env: World["env"]): string {
  const agent = flag?.trim() || agentMailSetting(env, "AGENT") || env.FMAIL_AGENT?.trim();
  if (!agent) throw invalid("agent name is required (use --agent or set FORGE_AGENT_MAIL_AGENT)");
  return agent;
}

/** Whether a reservation is one of those that a command names by id or path; none named: all. */
export function isNamed(
  { id, pathPattern }: Reservation,
  ids: ReadonlySet<number>,
  paths: readonly string[],
): boolean {
  if (ids.size === 0 && paths.length === 0) return true;
  return ids.has(id) || paths.some((path) => patternsOverlap(path, pathPattern));
}

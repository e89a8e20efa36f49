import { agentMailSetting, lockProject } from "../config/agent-mail.ts";
import type { Config } from "../config/config.ts";
import { lockStorePath } from "../config/paths.ts";
import type { Milliseconds } from "../core/duration.ts";
import { ForgeError, invalid, operationFailed } from "../core/errors.ts";
import { normalizedPattern, patternsOverlap } from "../core/path-pattern.ts";
import type { Reservation, ReservationBook } from "../core/reservation.ts";
import { activeReservations, settled } from "../core/reservation-rules.ts";
import type { World } from "../core/world.ts";
import { FileLock } from "../process/file-lock.ts";
import { readReservations, writeReservations } from "../store/reservation-file.ts";

interface Caller {
  readonly config: Config;
  readonly world: World;
}

/** The shortest time for which a lock can be claimed. */
const SHORTEST_TTL_MS = 60_000;

/** A change takes milliseconds; so long others may be at it before. */
const WAIT_FOR_STORE_MS = 15_000;

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

/** What counts now in the caller's project. */
export function readActive({ config, world }: Caller): Reservation[] {
  refuseServer(world.env);
  const book = readReservations(lockStorePath(config, world.env));
  return activeReservations(book, lockProject(world.env, world.cwd), world.now());
}

/**
 * Changes the lock store as its only writer. `change` gets it without what has expired; undefined as its new book leaves it
 * as it is.
 */
export async function changeReservations<T>(
  { config, world }: Caller,
  change: (book: ReservationBook) => { book?: ReservationBook | undefined; answer: T },
): Promise<T> {
  refuseServer(world.env);
  const path = lockStorePath(config, world.env);
  using _lock = await acquireStore(`${path}.lock`);
  const { book, answer } = change(settled(readReservations(path), world.now()));
  if (book) writeReservations(path, book);
  return answer;
}

async function acquireStore(path: string): Promise<FileLock> {
  const deadline = performance.now() + WAIT_FOR_STORE_MS;
  for (;;) {
    const lock = await FileLock.acquire(path, "");
    if (lock) return lock;
    if (performance.now() >= deadline) throw operationFailed(`failed to lock ${path}: timeout`);
  }
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

function refuseServer(env: World["env"]): void {
  if (agentMailSetting(env, "URL") === undefined) return;
  throw new ForgeError("unknown", "lock servers are not supported", {
    hint: "unset FORGE_AGENT_MAIL_URL",
  });
}

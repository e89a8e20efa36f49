import { join } from "node:path";
import type { World } from "../core/world.ts";
import type { Config } from "./config.ts";

/**
 * Where everything lies (spec/30 section 1). All paths are absolute, and nothing here is created: who writes makes the
 * folder, data 0700, configuration 0755.
 */

export const dataDir = (config: Config): string => config.global.dataDir;
const inData = (config: Config, ...parts: string[]): string => join(config.global.dataDir, ...parts);

export const databasePath = (config: Config): string => config.database.path || inData(config, "forge.db");

export const loopLogsDir = (config: Config): string => inData(config, "logs", "loops");
/** The log of a loop that gets its path now; loops that have one keep it. `slug`: see `core/slug.ts`. */
export const loopLogPath = (config: Config, slug: string): string => join(loopLogsDir(config), `${slug}.log`);

export const runsDir = (config: Config): string => inData(config, "runs");
export const runDir = (config: Config, runId: string): string => join(runsDir(config), runId);

export const renderedPromptsDir = (config: Config, loopId: string): string =>
  inData(config, "prompts", loopId);
/** The composed prompt of a run whose harness is given a path. */
export const renderedPromptPath = (config: Config, loopId: string, runId: string): string =>
  join(renderedPromptsDir(config, loopId), `run-${runId}.md`);

export const runnersDir = (config: Config): string => inData(config, "runners");
export const runnerLockPath = (config: Config, loopId: string): string =>
  join(runnersDir(config), `${loopId}.lock`);
/** The environment in which the runs of a loop start: holds secrets, 0600. */
export const loopEnvironmentPath = (config: Config, loopId: string): string =>
  join(runnersDir(config), `${loopId}.env`);
/** When runners were last started again after a crash. */
export const recoveriesPath = (config: Config): string => join(runnersDir(config), "recoveries.json");

export const supervisorLockPath = (config: Config): string => inData(config, "forged.lock");
/** Held by the one client that starts the supervisor. */
export const supervisorStartLockPath = (config: Config): string => inData(config, "forged.start.lock");
/** Tells clients how to reach the supervisor. */
export const supervisorInfoPath = (config: Config): string => inData(config, "forged.json");
/** Its time is that of the last cleanup by a supervisor. */
export const cleanupMarkPath = (config: Config): string => inData(config, "forged.cleanup");
export const supervisorLogPath = (config: Config): string => inData(config, "logs", "forged.log");

/** Longer paths do not fit into a socket address everywhere: 104 bytes on macOS, 108 on Linux, end and margin included. */
const LONGEST_SOCKET_PATH = 100;

/**
 * The socket of the supervisor. Below a deep data directory it lies elsewhere: the folder then has to be made 0700 and
 * its owner checked, and clients take the path from `supervisorInfoPath`.
 */
export function supervisorSocketPath(config: Config, env: World["env"], uid: number): string {
  const path = inData(config, "forged.sock");
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const hash = new Bun.CryptoHasher("sha256").update(dataDir(config)).digest("hex").slice(0, 12);
  return join(env.XDG_RUNTIME_DIR || `/tmp/forge-${uid}`, `forge-${hash}.sock`);
}

export const lockStorePath = (config: Config, env: World["env"]): string =>
  env.FORGE_LOCK_STORE_PATH || inData(config, "file-locks.json");
export const eventArchiveDir = (config: Config): string =>
  config.eventRetention.archiveDir || inData(config, "archives");
export const profileCatalogPath = (config: Config): string => inData(config, "mesh", "profile_catalog.json");

/** Held by the process that tells hooks of events. */
export const hooksLockPath = (config: Config): string => inData(config, "hooks.lock");

const inConfig = (config: Config, name: string): string => join(config.global.configDir, name);

export const configDir = (config: Config): string => config.global.configDir;
export const contextPath = (config: Config): string => inConfig(config, "context.yaml");
export const hooksPath = (config: Config): string => inConfig(config, "hooks.json");
export const pricesPath = (config: Config): string => inConfig(config, "prices.yaml");
export const userTemplatesDir = (config: Config): string => inConfig(config, "templates");
export const userSequencesDir = (config: Config): string => inConfig(config, "sequences");
export const SYSTEM_TEMPLATES_DIR = "/usr/share/forge/templates";
export const SYSTEM_SEQUENCES_DIR = "/usr/share/forge/sequences";

/** The folders of a repository's scaffold, as `forge init` makes them. */
export const REPO_FOLDERS = ["prompts", "templates", "sequences", "workflows", "ledgers"] as const;
export type RepoFolder = (typeof REPO_FOLDERS)[number];

export const repoFolder = (repo: string, folder: RepoFolder): string => join(repo, ".forge", folder);
export const repoConfigPath = (repo: string): string => join(repo, ".forge", "forge.yaml");
/** The ledger of a loop that gets its path now; loops that have one keep it. */
export const ledgerPath = (repo: string, slug: string): string =>
  join(repoFolder(repo, "ledgers"), `${slug}.md`);
export const registeredPromptPath = (repo: string, name: string): string =>
  join(repoFolder(repo, "prompts"), `${name}.md`);
export const mailDir = (repo: string): string => join(repo, ".fmail");

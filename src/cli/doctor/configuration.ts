import { mkdirSync, statSync } from "node:fs";
import { type Config, type LoadedConfig, loadConfig } from "../../config/config.ts";
import { readHooks } from "../../config/hook-file.ts";
import { dataDir, hooksPath } from "../../config/paths.ts";
import { readRepoConfig } from "../../config/repo-config.ts";
import { type Check, checksOf } from "../../core/doctor-report.ts";
import { toForgeError } from "../../core/errors.ts";
import { systemReason } from "../../core/system-error.ts";
import { configRequest } from "../config-request.ts";
import type { Invocation } from "../invocation.ts";

const { pass, warn, fail, skip } = checksOf("config");

export interface ConfigurationReport {
  readonly checks: readonly Check[];
  /** Undefined when it cannot be loaded: then nothing that it names can be looked at. */
  readonly config: Config | undefined;
}

/** The configuration and the folder that it names; the folder is made where it is missing. */
export async function configurationChecks({
  global,
  world,
}: Pick<Invocation, "global" | "world">): Promise<ConfigurationReport> {
  let loaded: LoadedConfig;
  try {
    loaded = await loadConfig(configRequest(global, world));
  } catch (thrown) {
    const skipped = ["data_directory", "unknown_keys", "permissions"].map((name) =>
      skip(name, "the configuration cannot be loaded"),
    );
    return { checks: [fail("config_file", toForgeError(thrown).message), ...skipped], config: undefined };
  }
  const { config, path } = loaded;
  const checks = [
    path === undefined ? warn("config_file", "not found (using defaults)") : pass("config_file", path),
    dataDirectory(dataDir(config)),
    await unknownKeys(loaded),
    permissions(dataDir(config)),
    ...repositoryProblems(world.cwd),
    ...hooks(hooksPath(config)),
  ];
  return { checks, config };
}

function dataDirectory(path: string): Check {
  const name = "data_directory";
  try {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    return pass(name, made === undefined ? path : `${path} (created)`);
  } catch (thrown) {
    return fail(name, `${path}: ${systemReason(thrown)}`);
  }
}

async function unknownKeys({ path, unknownKeys: keys }: LoadedConfig): Promise<Check> {
  const name = "unknown_keys";
  if (path === undefined) return pass(name, "none");
  const { configWarnings } = await import("../../config/warnings.ts");
  const warnings = configWarnings(path, keys);
  return warnings.length === 0 ? pass(name, "none") : warn(name, warnings.join("; "));
}

/** Others could read prompts, logs and the environments that loops were started in. */
function permissions(path: string): Check {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return skip("permissions", "no data directory");
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & 0o077) === 0) return pass("permissions", shown);
  return warn("permissions", `others can read ${path} (mode ${shown}): chmod 700 ${path}`);
}

/** Nothing is told of a store that cannot be read: neither does it tell anybody anything. */
function hooks(path: string): Check[] {
  try {
    const all = readHooks(path);
    const enabled = all.filter((hook) => hook.enabled).length;
    return all.length === 0 ? [] : [pass("hooks", `${enabled} of ${all.length} enabled`)];
  } catch (thrown) {
    return [fail("hooks", toForgeError(thrown).message)];
  }
}

function repositoryProblems(repo: string): Check[] {
  const { problems } = readRepoConfig(repo);
  return problems.length === 0 ? [] : [warn("repo_config", problems.join("; "))];
}

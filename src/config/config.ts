import { toForgeError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import type { ConfigFile } from "./config-file.ts";
import { environmentNames, type ScalarKey, type ValuesOf } from "./key.ts";
import type { CONFIG_KEYS } from "./keys.ts";
import { defaultConfigDir, defaultDataDir, findConfigFile } from "./location.ts";
import { type Place, placeOf } from "./place.ts";
import { type KeyPath, loadError } from "./problem.ts";
import { namedKeys, type Source, Values } from "./values.ts";

/** The effective configuration. Durations are milliseconds, sizes bytes, paths absolute; a text that is not set is empty. */
export interface Config extends ValuesOf<typeof CONFIG_KEYS> {}

export interface ConfigRequest {
  readonly env: World["env"];
  /** Absolute. */
  readonly cwd: string;
  /** HOME of `env` when not given. */
  readonly home?: string | undefined;
  /** `--config` */
  readonly configFlag?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly logFormat?: string | undefined;
  readonly verbose?: boolean | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read; undefined when there is none. */
  readonly path: string | undefined;
  /** Keys by full name (`logging.level`); one that is not here has its default. */
  readonly sources: ReadonlyMap<string, Source>;
  /** What the file holds and Forge does not know: `["profiles", 0, "colour"]`. */
  readonly unknownKeys: readonly KeyPath[];
}

/**
 * Puts the configuration together: defaults, file, environment, flags, later over earlier (spec/30 section 2). Throws
 * `Error loading config: ...`.
 */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const { env, cwd } = request;
  const place = placeOf(env, cwd, request.home);
  const values = new Values();
  values.setDefault("global.data_dir", defaultDataDir(place));
  values.setDefault("global.config_dir", defaultConfigDir(env, place));

  const path = findConfigFile(request.configFlag, env, place);
  const file = path === undefined ? undefined : await readFile(path, values, place);
  readEnvironment(env, values, place);
  readFlags(request, values);
  // The defaults alone are sound: a test holds them against their own checks.
  if (values.sources.size > 0) {
    values.follow();
    await validate(values, file, env);
  }

  return {
    // `values` holds exactly the keys of the table from which the type is made.
    config: values.root as unknown as Config,
    path,
    sources: values.sources,
    unknownKeys: file?.unknownKeys ?? [],
  };
}

/** Most machines have no file, so what reads one is loaded only here. */
async function readFile(path: string, values: Values, place: Place): Promise<ConfigFile> {
  const { ConfigFile } = await import("./config-file.ts");
  const file = new ConfigFile(path, place);
  await file.readInto(values);
  return file;
}

function readEnvironment(env: World["env"], values: Values, place: Place): void {
  if (!Object.keys(env).some((name) => /^(FORGE|SWARM)_/.test(name))) return;
  for (const { name, key } of namedKeys()) {
    if (key.kind === "list") continue;
    const variable = variableOf(name, key, env);
    if (!variable) continue;
    const { form } = key;
    try {
      const read = form.readText ?? form.read;
      values.set(name, read(variable.text, place), "env");
    } catch (thrown) {
      const { message } = toForgeError(thrown);
      throw loadError(`failed to unmarshal config: '${name}' ${message}`, setBy(variable.name));
    }
  }
}

/** The environment variable that sets a key: the first that is not empty. */
function variableOf(name: string, key: ScalarKey<unknown>, env: World["env"]) {
  for (const candidate of environmentNames(name, key)) {
    const text = env[candidate];
    if (text) return { name: candidate, text };
  }
  return undefined;
}

const setBy = (variable: string) => `It is set by the environment variable ${variable}.`;

const LOG_LEVEL = "logging.level";

function readFlags({ logLevel, logFormat, verbose }: ConfigRequest, values: Values): void {
  if (logLevel) values.set(LOG_LEVEL, knownLevel(logLevel), "flag");
  else if (verbose) values.set(LOG_LEVEL, "debug", "flag");
  if (logFormat) values.set("logging.format", logFormat.trim().toLowerCase(), "flag");
}

/** An unknown level on the command line means the usual one (spec/20 section 2). */
function knownLevel(text: string): Config["logging"]["level"] {
  const level = text.trim().toLowerCase();
  return level === "debug" || level === "warn" || level === "error" ? level : "info";
}

async function validate(values: Values, file: ConfigFile | undefined, env: World["env"]): Promise<void> {
  const found = values.firstProblem((name) => file?.listProblem(name, values.list(name), values.get));
  if (!found) return;
  const { name, key, problem } = found;
  const text = `config validation failed: ${problem.message}`;
  const source = values.sources.get(name);
  if (source === "env" && key.kind === "scalar") {
    const variable = variableOf(name, key, env);
    throw loadError(text, variable && setBy(variable.name));
  }
  // A key that is not set can only be wrong beside others of its section.
  if (file && source !== "flag") throw await file.error(text, problem);
  throw loadError(text, problem.hint);
}

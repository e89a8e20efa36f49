import { toForgeError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import type { Config, ConfigRequest, LoadedConfig } from "./config.ts";
import type { ConfigFile } from "./config-file.ts";
import { environmentNames, type ScalarKey } from "./key.ts";
import type { Place } from "./place.ts";
import { loadError } from "./problem.ts";
import { namedKeys, Values } from "./values.ts";

/** Where the configuration starts from. */
export interface MergeBase {
  readonly place: Place;
  /** The file to read, if any. */
  readonly path: string | undefined;
  readonly defaults: Config;
}

/** Lays file, environment and flags over the defaults, and holds the whole against the table of keys. */
export async function mergeConfig(
  request: ConfigRequest,
  { place, path, defaults }: MergeBase,
): Promise<LoadedConfig> {
  const { env } = request;
  const values = new Values(defaults);
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

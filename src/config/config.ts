import type { World } from "../core/world.ts";
import { defaultValues } from "./default-values.ts" with { type: "macro" };
import type { ValuesOf } from "./key.ts";
import type { CONFIG_KEYS } from "./keys.ts";
import { defaultConfigDir, defaultDataDir, findConfigFile } from "./location.ts";
import type { Place } from "./place.ts";
import type { KeyPath } from "./problem.ts";
import type { Source } from "./values.ts";

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
  const place: Place = { cwd, home: request.home ?? (env.HOME || undefined) };
  const path = findConfigFile(request.configFlag, env, place);
  const config = defaultConfig(env, place);
  // Most machines have no file and no variables: what reads them, and the table of all keys, is loaded only here.
  if (path === undefined && !isSetElsewhere(request))
    return { config, path, sources: new Map(), unknownKeys: [] };
  const { mergeConfig } = await import("./merge-config.ts");
  return mergeConfig(request, { place, path, defaults: config });
}

/** The defaults of the table, computed when Forge is built, with the places that depend on who runs it. */
function defaultConfig(env: World["env"], place: Place): Config {
  // The macro gives exactly the keys of the table from which the type is made.
  const values = defaultValues() as unknown as Config;
  const places = { dataDir: defaultDataDir(place), configDir: defaultConfigDir(env, place) };
  return { ...values, global: { ...values.global, ...places } };
}

/** Set by Forge itself in its runs, and by people to ask for no colour or no questions: no keys of the configuration. */
const OTHER_VARIABLES =
  /^FORGE_(LOOP_ID|LOOP_NAME|RUN_ID|PROMPT_CONTENT|NON_INTERACTIVE|NO_PROGRESS|NO_DAEMON)$/;

const isSetElsewhere = ({ env, logLevel, logFormat, verbose }: ConfigRequest): boolean =>
  Boolean(logLevel || logFormat || verbose) ||
  Object.keys(env).some((name) => /^(FORGE|SWARM)_/.test(name) && !OTHER_VARIABLES.test(name));

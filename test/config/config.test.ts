import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LoadedConfig } from "../../src/config/config.ts";
import { defaultValues } from "../../src/config/default-values.ts";
import { camelCase, environmentNames } from "../../src/config/key.ts";
import { namedKeys, Values } from "../../src/config/values.ts";
import { ConfigHome } from "./config-home.ts";

test("without a file and variables every key has its default and nothing is made", async () => {
  using home = new ConfigHome();
  const { config, path, sources, unknownKeys } = await home.load();
  expect(path).toBeUndefined();
  expect(sources.size).toBe(0);
  expect(unknownKeys).toEqual([]);
  expect(config.global.dataDir).toBe(join(home.home, ".local/share/forge"));
  expect(config.global.configDir).toBe(join(home.home, ".config/forge"));
  expect(config.loopDefaults.interval).toBe(30_000);
  expect(config.mail.relay.dialTimeout).toBe(2000);
  expect(config.limits.defaultCooldown).toBe(300_000);
  expect(existsSync(join(home.home, ".config"))).toBe(false);
});

test("the defaults pass their own checks", () => {
  expect(new Values(defaultValues()).firstProblem(() => undefined)).toBeUndefined();
});

test("a later source wins over an earlier one: default, file, environment, flag", async () => {
  using home = new ConfigHome("logging: {level: warn, format: json}\ntui: {theme: ocean}\n");
  const { config, sources } = await home.load(
    { FORGE_LOGGING_LEVEL: "error", FORGE_TUI_THEME: "sunset" },
    { logLevel: "debug" },
  );
  expect(config.logging).toEqual({ level: "debug", format: "json", file: "", enableCaller: false });
  expect(config.tui.theme).toBe("sunset");
  expect(Object.fromEntries(sources)).toEqual({
    "logging.level": "flag",
    "logging.format": "file",
    "tui.theme": "env",
  });
});

test("the environment wins over the file also where it says the default (spec/30 section 2.2)", async () => {
  using home = new ConfigHome("database: {max_connections: 3}\n");
  const { config, sources } = await home.load({ FORGE_DATABASE_MAX_CONNECTIONS: "10" });
  expect(config.database.maxConnections).toBe(10);
  expect(sources.get("database.max_connections")).toBe("env");
});

test("--verbose means level debug, unless --log-level is given", async () => {
  using home = new ConfigHome();
  const level = async (request: { verbose?: boolean; logLevel?: string }) =>
    (await home.load({ FORGE_LOGGING_LEVEL: "warn" }, request)).config.logging.level;
  expect(await level({})).toBe("warn");
  expect(await level({ verbose: true })).toBe("debug");
  expect(await level({ verbose: true, logLevel: "error" })).toBe("error");
  expect(await level({ logLevel: "loud" })).toBe("info");
});

test("every key with one value is set by its variable", async () => {
  using home = new ConfigHome("pools: [{name: text}]\n");
  for (const { name, key } of namedKeys()) {
    if (key.kind === "list") continue;
    for (const variable of environmentNames(name, key)) {
      const { sources } = await home.load({ [variable]: otherValue(name, key.form.name) }).catch((error) => {
        throw new Error(`${variable}: ${error}`);
      });
      expect([variable, sources.get(name)]).toEqual([variable, "env"]);
    }
  }
});

/** A valid value that is not the default. */
function otherValue(name: string, form: string): string {
  const special: Record<string, string> = {
    "agent_defaults.approval_policy": "permissive",
    "budget.timezone": "Europe/Paris",
    "daemon.token": "0123456789abcdef",
  };
  if (special[name] !== undefined) return special[name];
  if (name.endsWith(".listen")) return "127.0.0.1:7463";
  const ofForm: Record<string, string> = {
    bool: "1",
    int: "7",
    number: "0.25",
    duration: "2h",
    size: "1GiB",
  };
  return ofForm[form] ?? form.split(", ").at(-1) ?? "";
}

const keyValue = ({ config }: LoadedConfig, name: string): unknown =>
  name
    .split(".")
    .map(camelCase)
    .reduce<unknown>(
      (values, part) => Object.entries(values ?? {}).find(([key]) => key === part)?.[1],
      config,
    );

test.each([
  [
    "global.data_dir",
    ["FORGE_DATA_DIR", "FORGE_GLOBAL_DATA_DIR", "SWARM_GLOBAL_DATA_DIR"],
    ["/a", "/b", "/c"],
  ],
  ["global.config_dir", ["FORGE_GLOBAL_CONFIG_DIR", "SWARM_GLOBAL_CONFIG_DIR"], ["/a", "/b"]],
  ["database.path", ["FORGE_DATABASE_PATH", "FORGE_DB_PATH", "SWARM_DATABASE_PATH"], ["/a", "/b", "/c"]],
  ["logging.level", ["FORGE_LOGGING_LEVEL", "SWARM_LOGGING_LEVEL"], ["warn", "error"]],
  ["logging.format", ["FORGE_LOGGING_FORMAT", "SWARM_LOGGING_FORMAT"], ["json", "console"]],
  [
    "scheduler.workflow_max_parallel",
    ["FORGE_WORKFLOW_MAX_PARALLEL", "FORGE_SCHEDULER_WORKFLOW_MAX_PARALLEL"],
    [2, 3],
  ],
  [
    "scheduler.dispatch_interval",
    ["FORGE_SCHEDULER_DISPATCH_INTERVAL", "SWARM_SCHEDULER_DISPATCH_INTERVAL"],
    ["2s", "3s"],
  ],
  [
    "scheduler.default_cooldown_duration",
    ["FORGE_SCHEDULER_DEFAULT_COOLDOWN_DURATION", "SWARM_SCHEDULER_DEFAULT_COOLDOWN_DURATION"],
    ["2s", "3s"],
  ],
  [
    "agent_defaults.state_polling_interval",
    ["FORGE_AGENT_DEFAULTS_STATE_POLLING_INTERVAL", "SWARM_AGENT_DEFAULTS_STATE_POLLING_INTERVAL"],
    ["4s", "3s"],
  ],
])("%s is read from the first of its variables that is not empty: %j", async (name, variables, texts) => {
  using home = new ConfigHome();
  for (const index of variables.keys()) {
    const env = variables.map((variable, at) => [variable, at < index ? "" : String(texts[at])]);
    const value = keyValue(await home.load(Object.fromEntries(env)), name);
    const text = texts[index];
    expect(value).toBe(typeof text === "string" && /^\ds$/.test(text) ? Number(text[0]) * 1000 : text);
  }
});

test("only the keys of an earlier generation are read from SWARM_ variables", async () => {
  using home = new ConfigHome();
  const { sources } = await home.load({ SWARM_TUI_THEME: "ocean", SWARM_LOGGING_FILE: "/x" });
  expect(sources.size).toBe(0);
});

test("a variable without a usable value is named in the hint", async () => {
  using home = new ConfigHome();
  const error = await home.failure({ FORGE_DB_PATH: "/x", FORGE_DATABASE_MAX_CONNECTIONS: "many" });
  expect(error.message).toBe(
    `Error loading config: failed to unmarshal config: 'database.max_connections' invalid int "many"`,
  );
  expect(error.hint).toContain("FORGE_DATABASE_MAX_CONNECTIONS");
  const refused = await home.failure({ SWARM_LOGGING_LEVEL: "loud" });
  expect(refused.message).toBe(
    "Error loading config: config validation failed: logging.level must be one of debug, info, warn, error",
  );
  expect(refused.hint).toContain("SWARM_LOGGING_LEVEL");
});

test("limits.default_cooldown follows scheduler.default_cooldown_duration until it is set itself", async () => {
  using home = new ConfigHome("scheduler: {default_cooldown_duration: 9m}\n");
  expect((await home.load()).config.limits.defaultCooldown).toBe(540_000);
  const { config } = await home.load({ FORGE_LIMITS_DEFAULT_COOLDOWN: "1m" });
  expect(config.limits.defaultCooldown).toBe(60_000);
});

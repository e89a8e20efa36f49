import { describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { keyPathText } from "../../src/config/problem.ts";
import { ConfigHome } from "./config-home.ts";

describe("value forms (spec/30 section 2.3)", () => {
  const interval = async (written: string) => {
    using home = new ConfigHome(`loop_defaults:\n  interval: ${written}\n`);
    return (await home.load()).config.loopDefaults.interval;
  };

  test.each([
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["1.5s", 1500],
    ["0", 0],
    ['"0"', 0],
    ["90s", 90_000],
  ])("the duration %s is %d milliseconds", async (written, milliseconds) => {
    expect(await interval(written)).toBe(milliseconds);
  });

  test.each([["30"], ["1.5"], ["soon"], ["1d"], ['""'], ["5 m"]])("%s is no duration", async (written) => {
    using home = new ConfigHome(`loop_defaults:\n  interval: ${written}\n`);
    const error = await home.failure();
    const text = JSON.stringify(written.replaceAll('"', ""));
    expect(error.message).toBe(
      `Error loading config: failed to unmarshal config: 'loop_defaults.interval' invalid duration ${text}`,
    );
    expect([error.code, error.exit]).toEqual(["ERR_INVALID", 1]);
    expect(error.hint).toStartWith(`${home.file}:2:13: `);
  });

  test("a leading ~ is HOME in paths, and nothing else is expanded", async () => {
    using home = new ConfigHome(`
global: {data_dir: ~/data, config_dir: "~"}
database: {path: "~/db/$HOME.db"}
logging: {file: ~root/log}
node_defaults: {ssh_key_path: ~/.ssh/key}
event_retention: {archive_dir: old/events}
loop_defaults: {prompt: ~/prompt.md}
workspace_defaults: {tmux_prefix: ~/x}
profiles: [{name: p, harness: pi, command_template: ~/bin/pi, auth_home: ~/.pi}]
`);
    const { config } = await home.load();
    expect(config.global).toMatchObject({ dataDir: join(home.home, "data"), configDir: home.home });
    expect(config.database.path).toBe(join(home.home, "db/$HOME.db"));
    expect(config.logging.file).toBe(join(home.repo, "~root/log"));
    expect(config.nodeDefaults.sshKeyPath).toBe(join(home.home, ".ssh/key"));
    expect(config.eventRetention.archiveDir).toBe(join(home.repo, "old/events"));
    expect(config.loopDefaults.prompt).toBe(join(home.home, "prompt.md"));
    expect(config.workspaceDefaults.tmuxPrefix).toBe("~/x");
    expect(config.profiles[0]).toMatchObject({
      commandTemplate: "~/bin/pi",
      authHome: join(home.home, ".pi"),
    });
  });

  test("a prompt that is a name stays a name", async () => {
    using home = new ConfigHome("loop_defaults: {prompt: review}\n");
    expect((await home.load()).config.loopDefaults.prompt).toBe("review");
  });

  test.each(["yes", "on", "1", '"true"'])("%s is no boolean in the file", async (written) => {
    using home = new ConfigHome(`tui: {compact_mode: ${written}}\n`);
    expect((await home.failure()).message).toStartWith(
      "Error loading config: failed to unmarshal config: 'tui.compact_mode' invalid bool",
    );
  });

  test.each([
    ["1", true],
    ["t", true],
    ["TRUE", true],
    ["0", false],
    ["F", false],
    ["False", false],
  ])("%s is a boolean in the environment", async (written, value) => {
    using home = new ConfigHome(`tui: {compact_mode: ${!value}}\n`);
    expect((await home.load({ FORGE_TUI_COMPACT_MODE: written })).config.tui.compactMode).toBe(value);
  });

  test("words that are compared without regard to case are given back as they are named", async () => {
    using home = new ConfigHome(`
logging: {level: " WARN ", format: JSON}
tui: {theme: High-Contrast}
agent_defaults:
  approval_policy: Custom
  approval_rules: [{request_type: "*", action: DENY}]
`);
    const { config } = await home.load();
    expect(config.logging).toMatchObject({ level: "warn", format: "json" });
    expect(config.tui.theme).toBe("high-contrast");
    expect(config.agentDefaults).toMatchObject({
      approvalPolicy: "custom",
      approvalRules: [{ requestType: "*", action: "deny" }],
    });
  });

  test.each([
    ["4096", 4096],
    ["20MB", 20_000_000],
    ["1.5GiB", 1_610_612_736],
    ['"64 KiB"', 65_536],
  ])("the size %s is %d bytes", async (written, bytes) => {
    using home = new ConfigHome(`retention: {log_max_size: ${written}}\n`);
    expect((await home.load()).config.retention.logMaxSize).toBe(bytes);
  });

  test.each([
    ["retention: {log_max_size: 20 megabytes}", `'retention.log_max_size' invalid size "20 megabytes"`],
    ["database: {max_connections: 1.5}", `'database.max_connections' invalid int "1.5"`],
    ["budget: {default_reserve_usd: cheap}", `'budget.default_reserve_usd' invalid number "cheap"`],
    ["database: {path: [a]}", `'database.path' invalid text ["a"]`],
    ["database: fast", "'database' must be a map"],
    ["pools: {name: a}", "'pools' must be a list"],
    ["pools: [main]", "'pools[0]' must be a map"],
    ["pools: [{name: a, profiles: b}]", "'pools[0].profiles' must be a list"],
    ["pools: [{name: a, weights: {b: heavy}}]", `'pools[0].weights.b' invalid int "heavy"`],
    ["profiles: [{env: [A=b]}]", "'profiles[0].env' must be a map"],
    ["mail: {relay: {peers: [{host: x}]}}", `'mail.relay.peers[0]' invalid text {"host":"x"}`],
  ])("%s is refused", async (yaml, reason) => {
    using home = new ConfigHome(`${yaml}\n`);
    expect((await home.failure()).message).toBe(
      `Error loading config: failed to unmarshal config: ${reason}`,
    );
  });
});

test("lists are read with the defaults of their elements", async () => {
  using home = new ConfigHome(`
profiles:
  - {name: p, harness: generic, command_template: run, env: {KEY: 1, B: x}, extra_args: ["a,b", c]}
pools: [{name: main, profiles: [p], weights: {p: 2}}]
default_pool: main
mail: {relay: {peers: ["h:1", "tcp://h:2"]}}
workspace_overrides: [{repo_path: "/r/*", approval_rules: [{request_type: exec, action: approve}]}]
budgets: [{scope: all, amount: $10}]
`);
  const { config } = await home.load();
  expect(config.profiles).toEqual([
    {
      name: "p",
      harness: "generic",
      authKind: "",
      authHome: "",
      promptMode: "",
      commandTemplate: "run",
      model: "",
      extraArgs: ["a,b", "c"],
      env: { KEY: "1", B: "x" },
      maxConcurrency: 1,
    },
  ]);
  expect(config.pools).toEqual([
    { name: "main", strategy: "round_robin", profiles: ["p"], weights: { p: 2 }, isDefault: false },
  ]);
  expect(config.mail.relay.peers).toEqual(["h:1", "tcp://h:2"]);
  expect(config.workspaceOverrides[0]).toMatchObject({ approvalPolicy: "custom", repoPath: "/r/*" });
  expect(config.budgets[0]).toMatchObject({ scope: "all", per: "day", action: "hard" });
});

test("rules without a policy mean custom, and a policy that is named stays", async () => {
  using rules = new ConfigHome("agent_defaults: {approval_rules: [{request_type: x, action: deny}]}\n");
  expect((await rules.load()).config.agentDefaults.approvalPolicy).toBe("custom");
  const { config } = await rules.load({ FORGE_AGENT_DEFAULTS_APPROVAL_POLICY: "permissive" });
  expect(config.agentDefaults.approvalPolicy).toBe("permissive");
});

test("sections and keys without a value set nothing", async () => {
  using home = new ConfigHome("global:\ndatabase:\n  path:\npools:\n");
  const { sources, unknownKeys, config } = await home.load();
  expect([sources.size, unknownKeys]).toEqual([0, []]);
  expect(config.pools).toEqual([]);
});

test("unknown keys are passed over and told by their full names (spec/30: config with only unknown keys)", async () => {
  using home = new ConfigHome(`
colour: red
logging: {levle: debug, dataDir: x}
global: {dataDir: /x, constructor: 1}
pools: [{name: a, colour: red}]
agent_defaults: {approval_rules: [{request_type: x, action: deny, when: never}]}
`);
  const { config, unknownKeys } = await home.load();
  expect(unknownKeys.map(keyPathText)).toEqual([
    "colour",
    "logging.levle",
    "logging.dataDir",
    "global.dataDir",
    "global.constructor",
    "pools[0].colour",
    "agent_defaults.approval_rules[0].when",
  ]);
  expect(config.logging.level).toBe("info");
});

describe("a file that is not valid YAML", () => {
  test.each([
    ["a: [1,\n", "2:1"],
    ["logging:\n\tlevel: debug\n", "2:1"],
    ["logging:\n  level: debug\n a: b\n", "3:"],
    ['name: "never ends\n', "2:1"],
    ["global: {data_dir: @x}\n", "1:20"],
    ["a: 1\n---\nb: 2\n", "2:1"],
  ])("%j is refused at %s", async (yaml, position) => {
    using home = new ConfigHome(yaml);
    const error = await home.failure();
    expect(error.message).toStartWith(
      `Error loading config: failed to load config file: ${home.file}:${position}`,
    );
    expect([error.code, error.exit]).toEqual(["ERR_INVALID", 1]);
  });

  test.each([
    ["- a\n- b\n", "not a map of keys"],
    ["just text\n", "not a map of keys"],
    ["a: *nothing\n", "Unresolved alias"],
  ])("%j is refused", async (yaml, reason) => {
    using home = new ConfigHome(yaml);
    expect((await home.failure()).message).toBe(
      `Error loading config: failed to load config file: ${home.file}: ${reason}`,
    );
  });

  test("an empty file, and one of comments, set nothing", async () => {
    for (const yaml of ["", "\n\n", "# nothing\n", "---\n", "\ufeff# nothing\n"]) {
      using home = new ConfigHome(yaml);
      expect((await home.load()).sources.size).toBe(0);
    }
  });
});

test.skipIf(process.getuid?.() === 0)("a file that may not be read is an error", async () => {
  using home = new ConfigHome("logging: {level: warn}\n");
  chmodSync(home.file, 0);
  expect((await home.failure()).message).toBe(
    `Error loading config: failed to load config file: ${home.file}: permission denied`,
  );
});

test.each([
  ["tui:\n  theme: neon\n", "2:10", "tui.theme"],
  ["pools:\n  - name: a\n  - strategy: rr\n", "3:5", "pools[1].name"],
  ["pools:\n  - name: a\n    profiles: [b]\n", "3:15", "pools[0].profiles"],
  ["event_retention:\n  max_age: 0\n", "2:3", "event_retention.max_count"],
])("the place of a refused value stands in hint and details: %j", async (yaml, position, key) => {
  using home = new ConfigHome(yaml);
  const error = await home.failure();
  const [line, column] = position.split(":").map(Number);
  expect(error.hint).toBe(`${home.file}:${position}`);
  expect(error.details).toEqual({ key, path: home.file, line, column });
});

import { describe, expect, test } from "bun:test";
import { ConfigHome } from "./config-home.ts";

/** `yaml` as a whole file; the message behind `config validation failed: `. */
type Refused = readonly [yaml: string, message: string];

async function messageFor(yaml: string): Promise<string> {
  using home = new ConfigHome(yaml);
  const error = await home.failure();
  expect([error.code, error.exit]).toEqual(["ERR_INVALID", 1]);
  const opening = "Error loading config: config validation failed: ";
  expect(error.message).toStartWith(opening);
  return error.message.slice(opening.length);
}

const AGENT_TYPES = "opencode, claude-code, codex, gemini, generic";

describe("keys of spec/30 section 2.4", () => {
  const rows: Refused[] = [
    [`global: {data_dir: ""}`, "global.data_dir is required"],
    [`global: {data_dir: "  "}`, "global.data_dir is required"],
    [`global: {config_dir: ""}`, "global.config_dir is required"],
    ["database: {max_connections: 0}", "database.max_connections must be at least 1"],
    ["database: {busy_timeout_ms: -1}", "database.busy_timeout_ms must be zero or greater"],
    ["logging: {level: loud}", "logging.level must be one of debug, info, warn, error"],
    ["logging: {format: xml}", "logging.format must be one of console, json"],
    ["node_defaults: {ssh_backend: Auto}", "node_defaults.ssh_backend must be native, system, or auto"],
    ["node_defaults: {ssh_timeout: 0}", "node_defaults.ssh_timeout must be greater than 0"],
    [
      "node_defaults: {health_check_interval: -1s}",
      "node_defaults.health_check_interval must be greater than 0",
    ],
    [`workspace_defaults: {tmux_prefix: " "}`, "workspace_defaults.tmux_prefix is required"],
    [
      "workspace_defaults: {default_agent_type: Codex}",
      `workspace_defaults.default_agent_type must be one of ${AGENT_TYPES}`,
    ],
    ["agent_defaults: {default_type: pi}", `agent_defaults.default_type must be one of ${AGENT_TYPES}`],
    [
      "agent_defaults: {state_polling_interval: 99ms}",
      "agent_defaults.state_polling_interval must be at least 100ms",
    ],
    ["agent_defaults: {idle_timeout: 0}", "agent_defaults.idle_timeout must be greater than 0"],
    [
      "agent_defaults: {transcript_buffer_size: 0}",
      "agent_defaults.transcript_buffer_size must be at least 1",
    ],
    [
      "agent_defaults: {approval_policy: lax}",
      "agent_defaults.approval_policy must be strict, permissive, or custom",
    ],
    ["scheduler: {dispatch_interval: 50ms}", "scheduler.dispatch_interval must be at least 100ms"],
    ["scheduler: {workflow_max_parallel: 0}", "scheduler.workflow_max_parallel must be at least 1"],
    ["scheduler: {max_retries: -1}", "scheduler.max_retries must be zero or greater"],
    ["scheduler: {retry_backoff: 0}", "scheduler.retry_backoff must be greater than 0"],
    [
      "scheduler: {default_cooldown_duration: 0s}",
      "scheduler.default_cooldown_duration must be greater than 0",
    ],
    ["loop_defaults: {interval: -1s}", "loop_defaults.interval must be zero or positive"],
    ["tui: {refresh_interval: 0}", "tui.refresh_interval must be greater than 0"],
    [
      "tui: {theme: neon}",
      "tui.theme must be one of default, high-contrast, low-light, colorblind-safe, ocean, sunset",
    ],
    ["mail: {relay: {dial_timeout: -1s}}", "mail.relay.dial_timeout must be zero or greater"],
    ["mail: {relay: {reconnect_interval: -1s}}", "mail.relay.reconnect_interval must be zero or greater"],
    ["event_retention: {max_age: -1h}", "event_retention.max_age must be zero or positive"],
    ["event_retention: {max_count: -1}", "event_retention.max_count must be zero or positive"],
    [
      "event_retention: {max_age: 0}",
      "event_retention: at least one of max_age or max_count must be set when enabled",
    ],
    [
      "event_retention: {cleanup_interval: 59s}",
      "event_retention.cleanup_interval must be at least 1 minute",
    ],
    ["event_retention: {batch_size: 0}", "event_retention.batch_size must be at least 1"],
    ["default_pool: main", `default_pool references unknown pool "main"`],
  ];
  test.each(rows)("%s is refused", async (yaml, message) => {
    expect(await messageFor(yaml)).toBe(message);
  });
});

describe("keys of our own (spec/10 section 15.3, spec/15 section 10, spec/30 section 21, spec/50 section 10)", () => {
  const rows: Refused[] = [
    ["loop_defaults: {stall: -1s}", "loop_defaults.stall must be zero or positive"],
    ["loop_defaults: {first_output: -1s}", "loop_defaults.first_output must be zero or positive"],
    ["loop_defaults: {run_timeout: -1s}", "loop_defaults.run_timeout must be zero or positive"],
    ["loop_defaults: {end_grace: -1s}", "loop_defaults.end_grace must be zero or positive"],
    [
      "loop_defaults: {stop_after_failures: -1}",
      "loop_defaults.stop_after_failures must be zero or positive",
    ],
    [
      "loop_defaults: {stop_after_no_progress: -1}",
      "loop_defaults.stop_after_no_progress must be zero or positive",
    ],
    ["limits: {default_cooldown: 0}", "limits.default_cooldown must be greater than 0"],
    ["limits: {max_cooldown: 0}", "limits.max_cooldown must be greater than 0"],
    ["budget: {timezone: Mars}", "budget.timezone must be a time zone such as UTC or Europe/Paris"],
    ["budget: {default_reserve_usd: -0.1}", "budget.default_reserve_usd must be zero or positive"],
    ["daemon: {idle_exit: -1s}", "daemon.idle_exit must be zero or positive"],
    ["daemon: {listen: localhost}", "daemon.listen must be host:port"],
    ["daemon: {listen: 'localhost:70000'}", "daemon.listen must be host:port"],
    ["daemon: {token: short}", "daemon.token must be at least 16 characters"],
    ["mail: {listen: '7463'}", "mail.listen must be host:port"],
    ["retention: {log_keep: -1}", "retention.log_keep must be zero or positive"],
    ["retention: {run_folders: -1}", "retention.run_folders must be zero or positive"],
    ["retention: {runs_max_age: -1h}", "retention.runs_max_age must be zero or positive"],
    ["retention: {runs_per_loop: -1}", "retention.runs_per_loop must be zero or positive"],
    ["retention: {queue_max_age: -1h}", "retention.queue_max_age must be zero or positive"],
    ["retention: {prompts_per_loop: -1}", "retention.prompts_per_loop must be zero or positive"],
  ];
  test.each(rows)("%s is refused", async (yaml, message) => {
    expect(await messageFor(yaml)).toBe(message);
  });
});

describe("elements of lists (spec/30 section 2.4)", () => {
  const account = "provider: openai, profile_name: p, credential_ref: env:KEY";
  const profile = "name: p, harness: claude, command_template: claude";
  const rows: Refused[] = [
    [`accounts: [{profile_name: p, credential_ref: c}]`, "accounts[0].provider is required"],
    [`accounts: [{${account}}, {provider: openai}]`, "accounts[1].profile_name is required"],
    ["accounts: [{provider: openai, profile_name: p}]", "accounts[0].credential_ref is required"],
    [
      "accounts: [{provider: acme, profile_name: p, credential_ref: c}]",
      "accounts[0].provider must be one of anthropic, openai, google, custom",
    ],
    [`profiles: [{harness: claude, command_template: claude}]`, "profiles[0].name is required"],
    [`profiles: [{${profile}}, {${profile}}]`, "profiles[1].name must be unique"],
    [
      "profiles: [{name: p, harness: cursor, command_template: x}]",
      "profiles[0].harness must be one of pi, opencode, codex, claude, droid, amp",
    ],
    ["profiles: [{name: p, harness: pi}]", "profiles[0].command_template is required"],
    [`profiles: [{${profile}, max_concurrency: -1}]`, "profiles[0].max_concurrency must be >= 0"],
    [`profiles: [{${profile}, prompt_mode: argv}]`, "profiles[0].prompt_mode must be env, stdin, or path"],
    ["pools: [{strategy: rr}]", "pools[0].name is required"],
    ["pools: [{name: a}, {name: a}]", "pools[1].name must be unique"],
    [`pools: [{name: a, profiles: [" "]}]`, "pools[0].profiles must not be empty"],
    [
      `profiles: [{${profile}}]\npools: [{name: a, profiles: [p, q]}]`,
      `pools[0].profiles references unknown profile "q"`,
    ],
    [
      "workspace_overrides: [{approval_policy: strict}]",
      "workspace_overrides[0] must include workspace_id, name, or repo_path",
    ],
    ["workspace_overrides: [{name: w}]", "workspace_overrides[0] must set approval_policy or approval_rules"],
    [
      "workspace_overrides: [{name: w, approval_policy: lax}]",
      "workspace_overrides[0].approval_policy must be strict, permissive, or custom",
    ],
    [
      "workspace_overrides: [{name: w, approval_policy: custom}]",
      "workspace_overrides[0].approval_policy is custom but approval_rules is empty",
    ],
    [
      "workspace_overrides: [{name: w, approval_rules: [{action: deny}]}]",
      "workspace_overrides[0].approval_rules[0].request_type is required",
    ],
    [
      "agent_defaults: {approval_policy: custom}",
      "agent_defaults.approval_policy is custom but approval_rules is empty",
    ],
    [
      "agent_defaults: {approval_rules: [{request_type: '*', action: deny}, {request_type: x, action: ask}]}",
      "agent_defaults.approval_rules[1].action must be approve, deny, or prompt",
    ],
    [
      "budgets: [{scope: team, amount: $1}]",
      "budgets[0].scope must be one of run, loop, profile, pool, repo, all",
    ],
    [
      "budgets: [{scope: all, per: year, amount: $1}]",
      "budgets[0].per must be one of run, hour, day, week, month, total",
    ],
    ["budgets: [{scope: all}]", "budgets[0].amount is required"],
    [
      "budgets: [{scope: all, amount: lots}]",
      'budgets[0].amount: invalid budget amount "lots" (examples: $10, 2M tokens, 20 runs, 6h)',
    ],
    [
      "budgets: [{scope: run, amount: $1, per: day}]",
      "budgets[0].per must be run for the scope run, and for no other",
    ],
    [
      "budgets: [{scope: run, amount: $1, action: hard}]",
      "budgets[0].action must be soft or kill for the scope run",
    ],
    [
      "budgets: [{scope: all, amount: $1, action: shout}]",
      "budgets[0].action must be one of soft, hard, kill",
    ],
  ];
  test.each(rows)("%s is refused", async (yaml, message) => {
    expect(await messageFor(yaml)).toBe(message);
  });
});

test("the first failure in the order of spec/30 section 2.4 is reported", async () => {
  const wrong = [
    ["global: {data_dir: ' '}", "global.data_dir"],
    ["database: {max_connections: 0}", "database.max_connections"],
    ["logging: {level: x}", "logging.level"],
    ["node_defaults: {ssh_timeout: 0}", "node_defaults.ssh_timeout"],
    ["workspace_defaults: {tmux_prefix: ' '}", "workspace_defaults.tmux_prefix"],
    ["agent_defaults: {idle_timeout: 0}", "agent_defaults.idle_timeout"],
    ["mail: {relay: {dial_timeout: -1s}}", "mail.relay.dial_timeout"],
    ["workspace_overrides: [{}]", "workspace_overrides[0]"],
    ["scheduler: {max_retries: -1}", "scheduler.max_retries"],
    ["tui: {theme: x}", "tui.theme"],
    ["event_retention: {batch_size: 0}", "event_retention.batch_size"],
    ["accounts: [{}]", "accounts[0]"],
    ["profiles: [{}]", "profiles[0]"],
    ["pools: [{}]", "pools[0]"],
    ["default_pool: x", "default_pool"],
    ["loop_defaults: {interval: -1s}", "loop_defaults.interval"],
    ["limits: {max_cooldown: 0}", "limits.max_cooldown"],
  ] as const;
  for (const [index, [, name]] of wrong.entries()) {
    const yaml = wrong
      .slice(index)
      .toReversed()
      .map(([line]) => line);
    expect(await messageFor(yaml.join("\n"))).toStartWith(name);
  }
});

test("the limits of events are not looked at when events are kept for ever", async () => {
  using home = new ConfigHome(
    "event_retention: {enabled: false, max_age: 0, cleanup_interval: 1s, batch_size: 0}\n",
  );
  expect((await home.load()).config.eventRetention.enabled).toBe(false);
});

import { type ApprovalPolicy, approvalPolicy, policyComplaint } from "./approval-policy.ts";
import {
  aboveZero,
  among,
  atLeast,
  hostAndPort,
  required,
  timeZone,
  zeroOrGreater,
  zeroOrPositive,
} from "./checks.ts";
import { bool, decimal, duration, int, oneOf, path, pathOrName, size, text } from "./forms.ts";
import { list, type OtherValues, scalar, section } from "./key.ts";
import type { ConfigAccount } from "./lists/accounts.ts";
import type { ApprovalRule, WorkspaceOverride } from "./lists/approvals.ts";
import type { ConfigBudget } from "./lists/budgets.ts";
import type { ConfigPool } from "./lists/pools.ts";
import type { ConfigProfile } from "./lists/profiles.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
const LOG_FORMATS = ["console", "json"] as const;
const SSH_BACKENDS = ["native", "system", "auto"] as const;
const AGENT_TYPES = ["opencode", "claude-code", "codex", "gemini", "generic"] as const;
const THEMES = ["default", "high-contrast", "low-light", "colorblind-safe", "ocean", "sunset"] as const;

/** The size of a token below which `daemon.listen` would invite guessing (spec/10 section 15.3). */
const SHORTEST_TOKEN = 16;

/**
 * Every key of `config.yaml` (spec/30 section 2.4, spec/10 section 15.3, spec/15 section 10, spec/30 section 21, spec/50
 * section 10). The order is that of validation: the first key that is wrong is reported.
 */
export const CONFIG_KEYS = section("", {
  global: section("Where Forge keeps its files.", {
    dataDir: scalar(path, "~/.local/share/forge", "database, logs, run output, supervisor", {
      check: required,
      env: ["FORGE_DATA_DIR", "FORGE_GLOBAL_DATA_DIR", "SWARM_GLOBAL_DATA_DIR"],
    }),
    configDir: scalar(path, "~/.config/forge", "hooks, prices, templates, sequences", {
      check: required,
      legacyEnv: true,
    }),
    autoRegisterLocalNode: scalar(bool, true, "register this machine as a node"),
  }),
  database: section("The SQLite database.", {
    path: scalar(path, "", "database file; empty: forge.db in the data directory", {
      env: ["FORGE_DATABASE_PATH", "FORGE_DB_PATH", "SWARM_DATABASE_PATH"],
    }),
    maxConnections: scalar(int, 10, "connections at once", { check: atLeast(1) }),
    busyTimeoutMs: scalar(int, 5000, "how long a busy database is waited for, in milliseconds", {
      check: zeroOrGreater,
    }),
  }),
  logging: section("Diagnostics on standard error.", {
    level: scalar(oneOf(LOG_LEVELS, { anyCase: true }), "info", "debug, info, warn or error", {
      check: among(LOG_LEVELS),
      legacyEnv: true,
    }),
    format: scalar(oneOf(LOG_FORMATS, { anyCase: true }), "console", "console or json", {
      check: among(LOG_FORMATS),
      legacyEnv: true,
    }),
    file: scalar(path, "", "also write the log to this file"),
    enableCaller: scalar(bool, false, "name the place in the code"),
  }),
  nodeDefaults: section("Machines reached over SSH.", {
    sshBackend: scalar(oneOf(SSH_BACKENDS), "auto", "native, system or auto", {
      check: among(SSH_BACKENDS, "native, system, or auto"),
    }),
    sshTimeout: scalar(duration, 30 * SECOND, "time limit of a connection", { check: aboveZero }),
    sshKeyPath: scalar(path, "", "private key; empty: what ssh chooses"),
    healthCheckInterval: scalar(duration, 60 * SECOND, "pause between two health checks", {
      check: aboveZero,
    }),
  }),
  workspaceDefaults: section("New workspaces.", {
    tmuxPrefix: scalar(text, "forge", "prefix of tmux session names", { check: required }),
    defaultAgentType: scalar(oneOf(AGENT_TYPES), "opencode", AGENT_TYPES.join(", "), {
      check: among(AGENT_TYPES),
    }),
    autoImportExisting: scalar(bool, false, "take over tmux sessions that exist"),
  }),
  agentDefaults: section("New agents.", {
    statePollingInterval: scalar(duration, 2 * SECOND, "pause between two looks at an agent", {
      check: atLeast(100, "100ms"),
      legacyEnv: true,
    }),
    idleTimeout: scalar(duration, 10 * SECOND, "silence after which an agent counts as idle", {
      check: aboveZero,
    }),
    transcriptBufferSize: scalar(int, 10_000, "lines of output kept per agent", { check: atLeast(1) }),
    defaultType: scalar(oneOf(AGENT_TYPES), "opencode", AGENT_TYPES.join(", "), {
      check: among(AGENT_TYPES),
    }),
    approvalPolicy: scalar(
      approvalPolicy,
      "strict",
      "strict, permissive or custom (rules below; rules alone mean custom)",
      { check: policyBesideRules },
    ),
    approvalRules: list<ApprovalRule>("what an agent may do: request_type, action (approve, deny, prompt)"),
  }),
  mail: section("Agent mail over the network.", {
    listen: scalar(text, "", "serve mail on this host:port; empty: only on the unix socket", {
      check: hostAndPort,
    }),
    relay: section("Mail between machines.", {
      enabled: scalar(bool, false, "exchange mail with the peers"),
      peers: list<string>("host:port or tcp://host:port of each peer"),
      dialTimeout: scalar(duration, 2 * SECOND, "time limit of a connection", { check: zeroOrGreater }),
      reconnectInterval: scalar(duration, 2 * SECOND, "pause before a lost peer is tried again", {
        check: zeroOrGreater,
      }),
    }),
  }),
  workspaceOverrides: list<WorkspaceOverride>(
    "approval rules of single workspaces: workspace_id, name or repo_path, approval_policy, approval_rules",
  ),
  scheduler: section("Handing out work.", {
    dispatchInterval: scalar(duration, SECOND, "pause between two looks at the queues", {
      check: atLeast(100, "100ms"),
      legacyEnv: true,
    }),
    workflowMaxParallel: scalar(int, 1, "steps of a workflow that run at once", {
      check: atLeast(1),
      env: ["FORGE_WORKFLOW_MAX_PARALLEL", "FORGE_SCHEDULER_WORKFLOW_MAX_PARALLEL"],
    }),
    maxRetries: scalar(int, 3, "further tries of a failed dispatch", { check: zeroOrGreater }),
    retryBackoff: scalar(duration, 5 * SECOND, "pause before a further try", { check: aboveZero }),
    defaultCooldownDuration: scalar(duration, 5 * MINUTE, "rest of an account after a limit", {
      check: aboveZero,
      legacyEnv: true,
    }),
    autoRotateOnRateLimit: scalar(bool, true, "go on with another account after a limit"),
  }),
  tui: section("The terminal interface.", {
    refreshInterval: scalar(duration, 500, "pause between two refreshes", { check: aboveZero }),
    theme: scalar(oneOf(THEMES, { anyCase: true }), "default", THEMES.join(", "), { check: among(THEMES) }),
    showTimestamps: scalar(bool, true, "show times"),
    compactMode: scalar(bool, false, "show more on less space"),
  }),
  eventRetention: section("How long events are kept.", {
    enabled: scalar(bool, true, "remove old events"),
    maxAge: scalar(duration, 720 * HOUR, "remove what is older; 0: no limit", {
      check: whenEventsAreRemoved(zeroOrPositive),
    }),
    maxCount: scalar(int, 0, "remove all but the newest; 0: no limit", {
      check: whenEventsAreRemoved((value, name, others) => {
        if (value === 0 && others("event_retention.max_age") === 0)
          return "event_retention: at least one of max_age or max_count must be set when enabled";
        return zeroOrPositive(value, name);
      }),
    }),
    cleanupInterval: scalar(duration, HOUR, "pause between two clean-ups", {
      check: whenEventsAreRemoved(atLeast(MINUTE, "1 minute")),
    }),
    archiveBeforeDelete: scalar(bool, false, "write events to the archive before they are removed"),
    archiveDir: scalar(path, "", "the archive; empty: archives in the data directory"),
    batchSize: scalar(int, 1000, "events removed at once", { check: whenEventsAreRemoved(atLeast(1)) }),
  }),
  accounts: list<ConfigAccount>("provider (anthropic, openai, google, custom), profile_name, credential_ref"),
  profiles: list<ConfigProfile>("accounts with an agent CLI, see the example"),
  pools: list<ConfigPool>("profiles that loops share, see the example"),
  defaultPool: scalar(text, "", "pool of loops that name neither a pool nor a profile", {
    check: (value, name, others) =>
      // The loader fills this list with nothing else.
      value === "" || (others("pools") as readonly ConfigPool[]).some((pool) => pool.name === value)
        ? undefined
        : `${name} references unknown pool ${JSON.stringify(value)}`,
  }),
  loopDefaults: section("New loops, where no flag of forge up says otherwise.", {
    interval: scalar(duration, 30 * SECOND, "pause between two iterations", { check: zeroOrPositive }),
    prompt: scalar(pathOrName, "", "prompt name or path"),
    promptMsg: scalar(text, "", "the prompt itself; wins over prompt"),
    stall: scalar(duration, 30 * MINUTE, "end a run that gives no sign of life for this time; 0: never", {
      check: zeroOrPositive,
    }),
    firstOutput: scalar(duration, 0, "end a run that prints nothing within this time; 0: never", {
      check: zeroOrPositive,
    }),
    runTimeout: scalar(duration, 0, "end every run after this time; 0: never", { check: zeroOrPositive }),
    endGrace: scalar(duration, 30 * SECOND, "time a run may take to leave after it said that it is done", {
      check: zeroOrPositive,
    }),
    failureBackoff: scalar(bool, true, "wait longer after each failed run in a row"),
    stopAfterFailures: scalar(int, 0, "stop after so many failed runs in a row; 0: never", {
      check: zeroOrPositive,
    }),
    stopAfterNoProgress: scalar(int, 0, "stop after so many runs in a row without progress; 0: never", {
      check: zeroOrPositive,
    }),
    verdict: scalar(bool, false, "tell agents in the prompt how to say that the work is done or blocked"),
  }),
  limits: section("Limits of providers.", {
    defaultCooldown: scalar(duration, 5 * MINUTE, "rest of a profile after a limit without a reset time", {
      check: aboveZero,
      follows: "scheduler.default_cooldown_duration",
    }),
    maxCooldown: scalar(duration, 192 * HOUR, "longest rest of a profile", { check: aboveZero }),
    failover: scalar(bool, true, "go on with another profile of the pool; false: wait for the same one"),
  }),
  budget: section("Budgets.", {
    timezone: scalar(text, "UTC", "where days, weeks and months begin", { check: timeZone }),
    defaultReserveUsd: scalar(decimal, 0.5, "dollars set aside for a run when nothing is known about it", {
      check: zeroOrPositive,
    }),
  }),
  budgets: list<ConfigBudget>("scope, ref, per, amount, action, see forge budget"),
  daemon: section("The supervisor.", {
    autostart: scalar(bool, true, "start it when a command needs it"),
    idleExit: scalar(duration, 60 * SECOND, "end it after this time with nothing to do; 0: never", {
      check: zeroOrPositive,
    }),
    listen: scalar(text, "", "also serve on this host:port, only with a token", { check: hostAndPort }),
    token: scalar(text, "", `what clients of that port must know, at least ${SHORTEST_TOKEN} characters`, {
      check: (value, name) =>
        value === "" || value.length >= SHORTEST_TOKEN
          ? undefined
          : `${name} must be at least ${SHORTEST_TOKEN} characters`,
      secret: true,
    }),
  }),
  retention: section("How much is kept (forge gc); 0: no limit.", {
    logMaxSize: scalar(size, 20_000_000, "a loop log above this size is rotated", {
      check: zeroOrPositive,
    }),
    logKeep: scalar(int, 3, "rotated logs per loop", { check: zeroOrPositive }),
    runFolders: scalar(int, 20, "run folders per loop", { check: zeroOrPositive }),
    runFolderBytes: scalar(size, 256_000_000, "size of the run folders per loop", {
      check: zeroOrPositive,
    }),
    runsMaxAge: scalar(duration, 0, "age of recorded runs", { check: zeroOrPositive }),
    runsPerLoop: scalar(int, 10_000, "recorded runs per loop", { check: zeroOrPositive }),
    queueMaxAge: scalar(duration, 720 * HOUR, "age of finished queue items", { check: zeroOrPositive }),
    promptsPerLoop: scalar(int, 20, "rendered prompts per loop", { check: zeroOrPositive }),
  }),
});

function policyBesideRules(policy: ApprovalPolicy, name: string, others: OtherValues): string | undefined {
  // The loader fills this list with nothing else.
  const rules = others("agent_defaults.approval_rules") as readonly ApprovalRule[];
  const complaint = policyComplaint(policy, rules);
  return complaint && `${name} ${complaint}`;
}

type CheckWithOthers = (value: number, name: string, others: OtherValues) => string | undefined;

/** The limits of events are looked at only where they apply. */
function whenEventsAreRemoved(check: CheckWithOthers): CheckWithOthers {
  return (value, name, others) =>
    others("event_retention.enabled") === true ? check(value, name, others) : undefined;
}

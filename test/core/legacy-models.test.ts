import { describe, expect, test } from "bun:test";
import {
  type Account,
  accountJson,
  isAccountAvailable,
  PROVIDERS,
  validateAccount,
} from "../../src/core/account.ts";
import {
  ADAPTER_TIERS,
  AGENT_STATES,
  AGENT_TYPES,
  type Agent,
  type AgentType,
  agentJson,
  isAgentActive,
  isAgentBlocked,
  STATE_CONFIDENCES,
  validateAgent,
} from "../../src/core/agent.ts";
import {
  ALERT_SEVERITIES,
  ALERT_TYPES,
  type Alert,
  alertJson,
  parseAlertSeverity,
  parseAlertType,
  validateAlert,
} from "../../src/core/alert.ts";
import {
  APPROVAL_STATUSES,
  type Approval,
  approvalJson,
  parseApprovalStatus,
  validateApproval,
} from "../../src/core/approval.ts";
import type {
  AccountId,
  AgentId,
  ApprovalId,
  NodeId,
  UsageRecordId,
  WorkspaceId,
} from "../../src/core/ids.ts";
import { parseRecipientType, RECIPIENT_TYPES } from "../../src/core/mail.ts";
import {
  EXECUTION_MODES,
  NODE_STATUSES,
  type Node,
  nodeJson,
  SSH_BACKENDS,
  validateNode,
} from "../../src/core/node.ts";
import { PERSISTENT_AGENT_MODES, PERSISTENT_AGENT_STATES } from "../../src/core/persistent-agent.ts";
import {
  isTerminalTaskStatus,
  parseTeamRole,
  parseTeamTaskStatus,
  TEAM_ROLES,
  TEAM_TASK_EVENT_TYPES,
  TEAM_TASK_STATUSES,
} from "../../src/core/team.ts";
import {
  dailyUsageJson,
  usageRecordJson,
  usageSummaryJson,
  validateUsageRecord,
} from "../../src/core/usage.ts";
import { checkUsage } from "../../src/core/usage-limits.ts";
import {
  agentStats,
  validateWorkspace,
  WORKSPACE_STATUSES,
  type Workspace,
  workspaceJson,
} from "../../src/core/workspace.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";
import { jsonKeys } from "../support/json-keys.ts";

// The brands of ids exist for the compiler only.
const agentId = "a" as AgentId;
const accountId = "acc" as AccountId;
const times = { createdAt: SAMPLE_TIME, updatedAt: SAMPLE_TIME };
const timesJson = { created_at: SAMPLE_TIME_TEXT, updated_at: SAMPLE_TIME_TEXT };

const printed = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("enums of the legacy models (spec/40 section 2)", () => {
  test.each([
    [
      "agent states",
      AGENT_STATES,
      "working idle awaiting_approval rate_limited error paused starting stopped",
    ],
    ["agent types", AGENT_TYPES, "opencode claude-code codex gemini generic"],
    ["confidences", STATE_CONFIDENCES, "high medium low"],
    ["adapter tiers", Object.values(ADAPTER_TIERS), "1 2 3"],
    ["providers", PROVIDERS, "anthropic openai google custom"],
    ["SSH backends", SSH_BACKENDS, "native system auto"],
    ["execution modes", EXECUTION_MODES, "auto forged ssh"],
    ["node statuses", NODE_STATUSES, "online offline unknown"],
    ["workspace statuses", WORKSPACE_STATUSES, "active inactive error"],
    ["persistent agent modes", PERSISTENT_AGENT_MODES, "continuous one-shot"],
    [
      "persistent agent states",
      PERSISTENT_AGENT_STATES,
      "unspecified starting running idle waiting_approval paused stopping stopped failed",
    ],
    ["team roles", TEAM_ROLES, "leader member"],
    ["team task statuses", TEAM_TASK_STATUSES, "queued assigned running blocked done failed canceled"],
    [
      "team task events",
      TEAM_TASK_EVENT_TYPES,
      "submitted assigned reassigned started blocked completed failed canceled",
    ],
    ["recipients", RECIPIENT_TYPES, "agent workspace broadcast"],
    ["alert types", ALERT_TYPES, "approval_needed cooldown error rate_limit usage_limit"],
    ["alert severities", ALERT_SEVERITIES, "info warning error critical"],
    ["approval statuses", APPROVAL_STATUSES, "pending approved denied expired"],
  ])("%s", (_, values, expected) => {
    expect(values.join(" ")).toBe(expected);
  });

  test.each([
    [parseAlertType, "invalid alert type: X"],
    [parseAlertSeverity, "invalid alert severity: X"],
    [parseApprovalStatus, "invalid approval status: X"],
    [parseRecipientType, "invalid recipient_type: X"],
    [parseTeamRole, "invalid team role: X"],
    [parseTeamTaskStatus, "invalid team task status: X"],
  ])("are refused with their message: case %#", (parse, message) => {
    expect(errorOf(() => parse("X")).message).toBe(message);
  });

  test("done, failed and canceled end a team task", () => {
    expect(TEAM_TASK_STATUSES.filter(isTerminalTaskStatus)).toEqual(["done", "failed", "canceled"]);
  });
});

describe("nodes", () => {
  const node: Node = {
    id: "n" as NodeId,
    name: "vm",
    sshTarget: "",
    sshBackend: "auto",
    sshAgentForwarding: false,
    sshTimeoutSeconds: 0,
    status: "online",
    isLocal: true,
    agentCount: 0,
    metadata: {},
    ...times,
  };

  test("print what is set", () => {
    expect(printed(nodeJson(node))).toEqual({
      id: "n",
      name: "vm",
      ssh_target: "",
      ssh_backend: "auto",
      status: "online",
      is_local: true,
      agent_count: 0,
      metadata: {},
      ...timesJson,
    });
  });

  test("print their fields in the order of spec/40 section 3", () => {
    const full: Node = {
      ...node,
      sshKeyPath: "k",
      sshAgentForwarding: true,
      sshProxyJump: "j",
      sshControlMaster: "m",
      sshControlPath: "p",
      sshControlPersist: "c",
      sshTimeoutSeconds: 5,
      forged: { enabled: true, port: 7, executionMode: "ssh", available: true },
      lastSeen: SAMPLE_TIME,
    };
    expect(jsonKeys(nodeJson(full)).join(" ")).toBe(
      "id name ssh_target ssh_backend ssh_key_path ssh_agent_forwarding ssh_proxy_jump ssh_control_master ssh_control_path " +
        "ssh_control_persist ssh_timeout_seconds forged_enabled forged_port execution_mode forged_available status is_local " +
        "last_seen agent_count metadata created_at updated_at",
    );
  });

  test("need a name, and an SSH target when remote", () => {
    validateNode(node);
    expect(errorOf(() => validateNode({ name: "", sshTarget: "", isLocal: false })).message).toBe(
      "invalid node: name: node name is required; ssh_target: SSH target is required for remote nodes",
    );
  });
});

describe("agents", () => {
  const agent: Agent = {
    id: agentId,
    workspaceId: "w" as WorkspaceId,
    type: "codex",
    tmuxPane: "%1",
    state: "idle",
    stateConfidence: "low",
    stateReason: "",
    stateEvidence: [],
    queueLength: 0,
    metadata: {},
    ...times,
  };

  test("print their state with where it comes from, never a time that is not known", () => {
    expect(printed(agentJson(agent))).toEqual({
      id: "a",
      workspace_id: "w",
      type: "codex",
      tmux_pane: "%1",
      state: "idle",
      state_info: { state: "idle", confidence: "low", reason: "" },
      queue_length: 0,
      metadata: {},
      ...timesJson,
    });
    const seen = agentJson({ ...agent, stateEvidence: ["prompt"], stateDetectedAt: SAMPLE_TIME });
    expect(jsonKeys(seen.state_info)).toEqual(["state", "confidence", "reason", "evidence", "detected_at"]);
  });

  test("are active or blocked by their state", () => {
    const having = (rule: typeof isAgentActive) => AGENT_STATES.filter((state) => rule({ state }));
    expect(having(isAgentActive)).toEqual(["working", "idle", "awaiting_approval"]);
    expect(having(isAgentBlocked)).toEqual(["awaiting_approval", "rate_limited", "error", "paused"]);
  });

  test("need workspace, type and pane", () => {
    validateAgent(agent);
    const bad = { workspaceId: "" as WorkspaceId, type: "" as AgentType, tmuxPane: "" };
    expect(errorOf(() => validateAgent(bad)).message).toBe(
      "invalid agent: workspace_id: agent must be associated with a workspace; type: agent type is required; " +
        "tmux_pane: tmux pane target is required",
    );
  });
});

describe("workspaces", () => {
  const workspace: Workspace = {
    id: "w" as WorkspaceId,
    name: "web",
    nodeId: "n" as NodeId,
    repoPath: "/repo",
    tmuxSession: "forge-web",
    status: "active",
    agentCount: 1,
    agentStats: agentStats([{ state: "idle" }]),
    alerts: [],
    ...times,
  };

  test("count agents by the kind of their state", () => {
    expect(agentStats(AGENT_STATES.map((state) => ({ state })))).toEqual({
      working: 2,
      idle: 2,
      blocked: 3,
      error: 1,
    });
  });

  test("print what is set", () => {
    expect(printed(workspaceJson(workspace))).toEqual({
      id: "w",
      name: "web",
      node_id: "n",
      repo_path: "/repo",
      tmux_session: "forge-web",
      status: "active",
      agent_count: 1,
      agent_stats: { working: 0, idle: 1, blocked: 0, error: 0 },
      ...timesJson,
    });
    const alert: Alert = { type: "error", severity: "critical", message: "m", createdAt: SAMPLE_TIME };
    const gitInfo = { is_repo: true, branch: "main", is_dirty: false, ahead: 0, behind: 0, remote_url: "" };
    expect(printed(workspaceJson({ ...workspace, gitInfo, alerts: [alert] }))).toMatchObject({
      git_info: { is_repo: true, branch: "main", is_dirty: false, ahead: 0, behind: 0 },
      alerts: [{ type: "error", severity: "critical", message: "m", created_at: SAMPLE_TIME_TEXT }],
    });
  });

  test("need node, path and session", () => {
    validateWorkspace(workspace);
    const bad = { nodeId: "" as NodeId, repoPath: "", tmuxSession: "" };
    expect(errorOf(() => validateWorkspace(bad)).message).toBe(
      "invalid workspace: node_id: workspace must be associated with a node; repo_path: repository path is required; " +
        "tmux_session: tmux session name is required",
    );
  });
});

describe("accounts", () => {
  const account: Account = {
    id: accountId,
    provider: "openai",
    profileName: "main",
    credentialRef: "env:KEY",
    isActive: true,
    ...times,
  };

  test("are available when active and not cooling down", () => {
    expect(isAccountAvailable(account, 1000)).toBe(true);
    expect(isAccountAvailable({ ...account, cooldownUntil: 1000 }, 1000)).toBe(true);
    expect(isAccountAvailable({ ...account, cooldownUntil: 1001 }, 1000)).toBe(false);
    expect(isAccountAvailable({ ...account, isActive: false }, 1000)).toBe(false);
  });

  test("print what is set", () => {
    const usageStats = { total_tokens: 1, total_cost_cents: 2, request_count: 3, rate_limit_count: 0 };
    expect(printed(accountJson({ ...account, cooldownUntil: SAMPLE_TIME, usageStats }))).toEqual({
      id: "acc",
      provider: "openai",
      profile_name: "main",
      credential_ref: "env:KEY",
      is_active: true,
      cooldown_until: SAMPLE_TIME_TEXT,
      usage_stats: usageStats,
      ...timesJson,
    });
    expect(jsonKeys(accountJson(account))).not.toContain("usage_stats");
  });

  test("need provider and name", () => {
    const bad = { provider: "" as Account["provider"], profileName: "" };
    expect(errorOf(() => validateAccount(bad)).message).toBe(
      "invalid account: provider: provider is required; profile_name: profile name is required",
    );
    validateAccount(account);
  });
});

describe("alerts and approvals", () => {
  const approval: Approval = {
    id: "ap" as ApprovalId,
    agentId,
    requestType: "shell",
    requestDetailsJson: '{"command":"ls"}',
    status: "pending",
    createdAt: SAMPLE_TIME,
  };

  test("print what is set", () => {
    const alert: Alert = {
      type: "cooldown",
      severity: "info",
      message: "m",
      agentId,
      createdAt: SAMPLE_TIME,
    };
    expect(jsonKeys(alertJson(alert))).toEqual(["type", "severity", "message", "agent_id", "created_at"]);
    expect(printed(approvalJson(approval))).toEqual({
      id: "ap",
      agent_id: "a",
      request_type: "shell",
      request_details: { command: "ls" },
      status: "pending",
      created_at: SAMPLE_TIME_TEXT,
    });
    const resolved = { ...approval, requestDetailsJson: "ls", resolvedAt: SAMPLE_TIME, resolvedBy: "ana" };
    expect(jsonKeys(approvalJson(resolved)).slice(-2)).toEqual(["resolved_at", "resolved_by"]);
    expect(approvalJson(resolved).request_details).toBe("ls");
  });

  test("need their fields", () => {
    const badAlert = { type: "" as Alert["type"], severity: "" as Alert["severity"], message: "" };
    expect(errorOf(() => validateAlert(badAlert)).message).toBe(
      "invalid alert: type: alert type is required; severity: alert severity is required; message: alert message is required",
    );
    const badApproval = {
      agentId: "" as AgentId,
      requestType: "",
      requestDetailsJson: "",
      status: "" as Approval["status"],
    };
    expect(errorOf(() => validateApproval(badApproval)).message).toBe(
      "invalid approval: agent_id: agent_id is required; request_type: request_type is required; " +
        "request_details: request_details is required; status: status is required",
    );
    validateApproval(approval);
  });
});

describe("usage", () => {
  const tokens = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };

  test("records, summaries and days print their fields in the order of spec/40 section 3", () => {
    const record = {
      id: "u" as UsageRecordId,
      accountId,
      provider: "openai" as const,
      ...tokens,
      costCents: 0,
      requestCount: 1,
      recordedAt: SAMPLE_TIME,
    };
    expect(JSON.stringify(usageRecordJson(record))).toBe(
      '{"id":"u","account_id":"acc","provider":"openai","input_tokens":1,"output_tokens":2,"total_tokens":3,' +
        `"cost_cents":0,"request_count":1,"recorded_at":"${SAMPLE_TIME_TEXT}"}`,
    );
    const summary = { period: "all", ...tokens, totalCostCents: 4, requestCount: 5, recordCount: 6 };
    expect(JSON.stringify(usageSummaryJson(summary))).toBe(
      '{"period":"all","input_tokens":1,"output_tokens":2,"total_tokens":3,"total_cost_cents":4,"request_count":5,"record_count":6}',
    );
    const day = {
      date: "2026-01-02",
      accountId,
      provider: "custom" as const,
      ...tokens,
      costCents: 7,
      requestCount: 8,
    };
    expect(JSON.stringify(dailyUsageJson(day))).toBe(
      '{"date":"2026-01-02","account_id":"acc","provider":"custom","input_tokens":1,"output_tokens":2,"total_tokens":3,"cost_cents":7,"request_count":8}',
    );
  });

  test("records need account and provider, and figures that are not negative", () => {
    const bad = {
      accountId: "" as AccountId,
      provider: "" as Account["provider"],
      totalTokens: -1,
      costCents: -1,
    };
    expect(errorOf(() => validateUsageRecord(bad)).message).toBe(
      "invalid usage record: account_id: account_id is required; provider: provider is required; " +
        "total_tokens: total_tokens must be non-negative; cost_cents: cost_cents must be non-negative",
    );
  });

  const limits = { tokensPerDay: 100, costCentsPerDay: 100, requestsPerHour: 100 };
  const usage = (tokensToday: number, costCentsToday: number, requestsThisHour: number) => ({
    tokensToday,
    costCentsToday,
    requestsThisHour,
  });

  test.each([
    [usage(79, 0, 0), limits, false, false, []],
    [usage(80, 0, 0), limits, false, true, ["Approaching daily token limit"]],
    [usage(100, 80, 0), limits, true, true, ["Daily token limit exceeded", "Approaching daily cost limit"]],
    [usage(0, 150, 100), limits, true, false, ["Daily cost limit exceeded", "Hourly request limit exceeded"]],
    [usage(0, 0, 90), limits, false, true, ["Approaching hourly request limit"]],
    [usage(60, 0, 0), { ...limits, warnFromPercent: 50 }, false, true, ["Approaching daily token limit"]],
    [usage(999, 0, 0), { ...limits, tokensPerDay: 0 }, false, false, []],
  ])("%j is held against its limits: case %#", (current, allowed, over, approaching, warnings) => {
    expect(checkUsage(current, allowed)).toEqual({ over, approaching, warnings });
  });
});

import type { Outcome } from "../../src/core/outcome.ts";
import { jsonLines, type Recorded } from "./streams.ts";

/** A stream in the shape of an agent CLI's, with what became of its run. */
export interface MadeUp extends Recorded {
  readonly what: string;
  readonly outcome: Outcome;
  readonly rule: number;
  readonly reason?: string;
}

const SESSION = "5b1c0f5e-0000-4000-8000-000000000001";

const claudeInit = {
  type: "system",
  subtype: "init",
  session_id: SESSION,
  model: "claude-x",
  claude_code_version: "2.1.330",
};

export const claudeResult = (fields: object) => ({
  type: "result",
  subtype: "success",
  is_error: false,
  duration_ms: 61000,
  num_turns: 7,
  result: "done",
  stop_reason: "end_turn",
  total_cost_usd: 0.4312,
  usage: { input_tokens: 812, output_tokens: 2210 },
  modelUsage: {
    "claude-x": {
      inputTokens: 900,
      outputTokens: 2600,
      cacheReadInputTokens: 101000,
      cacheCreationInputTokens: 6000,
      costUSD: 0.4312,
    },
  },
  permission_denials: [],
  session_id: SESSION,
  ...fields,
});

const claudeError = (fields: object) =>
  claudeResult({ is_error: true, usage: {}, modelUsage: {}, ...fields });
const claudeSays = (text: string, fields: object = {}) => ({
  type: "assistant",
  message: { id: "m1", content: [{ type: "text", text }] },
  parent_tool_use_id: null,
  ...fields,
});
const claudeLimit = (status: string) => ({
  type: "rate_limit_event",
  rate_limit_info: { status, rateLimitType: "five_hour", resetsAt: 1795530000, utilization: 1 },
});
const claude = (...lines: object[]) => ({ harness: "claude", output: jsonLines(claudeInit, ...lines) });

const thread = { type: "thread.started", thread_id: "019f0000-0000-7000-8000-000000000001" };
const codexSays = (text: string) => ({
  type: "item.completed",
  item: { id: "item_1", type: "agent_message", text },
});
const codexDone = {
  type: "turn.completed",
  usage: { input_tokens: 24763, cached_input_tokens: 24448, output_tokens: 122, reasoning_output_tokens: 40 },
};
const codex = (...lines: object[]) => ({ harness: "codex", output: jsonLines(thread, ...lines) });
const codexFails = (message: string) => ({
  ...codex({ type: "turn.started" }, { type: "error", message }, { type: "turn.failed", error: { message } }),
  exit: 1,
});

const step = (type: string, part: object) => ({ type, timestamp: 1, sessionID: "ses_1", part });
const stepFinish = (reason: string) =>
  step("step_finish", {
    reason,
    cost: 0.0123,
    tokens: { input: 1200, output: 90, reasoning: 0, cache: { read: 8000, write: 0 } },
  });
const opencodeError = (name: string, data: object) => ({
  type: "error",
  timestamp: 1,
  sessionID: "ses_1",
  error: { name, data },
});
const opencode = (...lines: object[]) => ({
  harness: "opencode",
  output: jsonLines(step("step_start", {}), ...lines),
});

const piAnswer = (stopReason: string, fields: object = {}) => ({
  type: "message_end",
  message: {
    role: "assistant",
    content: [{ type: "text", text: "done" }],
    model: "claude-x",
    usage: { input: 100, output: 20, cacheRead: 0, cacheWrite: 0, cost: { total: 0.0006 } },
    stopReason,
    ...fields,
  },
});
const piEnd = { type: "agent_end", messages: [] };
const pi = (...lines: object[]) => ({
  harness: "pi",
  output: jsonLines({ type: "session", version: 3, id: "0193-uuid" }, { type: "agent_start" }, ...lines),
});

const droidDone = {
  type: "completion",
  finalText: "done",
  numTurns: 2,
  session_id: "sid-1",
  usage: { input_tokens: 300, output_tokens: 40, cache_read_input_tokens: 5, cache_creation_input_tokens: 0 },
};
const droid = (...lines: object[]) => ({
  harness: "droid",
  output: jsonLines(
    { type: "system", subtype: "init", session_id: "sid-1", model: "m", cwd: "/r", tools: ["Read"] },
    ...lines,
  ),
});

const LIMIT_TEXT = "You've hit your session limit · resets 8:30am (America/Los_Angeles)";
const USAGE_LIMIT =
  "You’ve hit your usage limit. Visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again at Nov 25th, 2026 4:00 PM.";

export const MADE_UP: readonly MadeUp[] = [
  { what: "claude that ends well", ...claude(claudeSays("done"), claudeResult({})), outcome: "ok", rule: 10 },
  {
    what: "claude after a good result whose wrapper crashes",
    ...claude(claudeResult({})),
    exit: 1,
    outcome: "ok",
    rule: 10,
  },
  {
    what: "claude with a rejected limit that was overcome",
    ...claude(claudeLimit("rejected"), claudeResult({})),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "claude whose window is spent",
    ...claude(claudeError({ api_error_status: 429, result: LIMIT_TEXT })),
    exit: 1,
    outcome: "rate_limited",
    rule: 5,
    reason: LIMIT_TEXT,
  },
  {
    what: "claude of 2025, which leaves with 0 after a limit and tells no status",
    ...claude(claudeError({ result: LIMIT_TEXT })),
    outcome: "rate_limited",
    rule: 5,
  },
  {
    what: "claude that dies after its limit was rejected",
    ...claude(claudeLimit("rejected")),
    exit: 1,
    outcome: "rate_limited",
    rule: 5,
    reason: "five_hour",
  },
  {
    what: "claude that dies after its limit was lifted",
    ...claude(claudeLimit("rejected"), claudeLimit("allowed")),
    exit: 1,
    outcome: "crashed",
    rule: 11,
    reason: "exit status 1",
  },
  {
    what: "claude that speaks of limits in its prose",
    ...claude(claudeSays(LIMIT_TEXT), claudeResult({ result: `I fixed the text "${LIMIT_TEXT}" (429)` })),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "claude whose tool answers with the text of a limit",
    ...claude(
      {
        type: "user",
        message: {
          content: [{ type: "tool_result", tool_use_id: "t", is_error: true, content: LIMIT_TEXT }],
        },
      },
      claudeResult({}),
    ),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "claude without credits",
    ...claude(
      claudeSays("Credit balance is too low", { error: "billing_error" }),
      claudeError({ result: "Credit balance is too low" }),
    ),
    exit: 1,
    outcome: "quota_spent",
    rule: 3,
  },
  {
    what: "claude without a login",
    ...claude(
      claudeSays("Please run /login", { error: "authentication_failed" }),
      claudeError({ result: "Please run /login" }),
    ),
    exit: 1,
    outcome: "auth",
    rule: 4,
  },
  {
    what: "claude that is refused with 403",
    ...claude(claudeError({ api_error_status: 403, result: "no" })),
    exit: 1,
    outcome: "auth",
    rule: 4,
  },
  {
    what: "claude whose prompt is too long",
    ...claude(claudeError({ terminal_reason: "prompt_too_long", result: "Prompt is too long" })),
    exit: 1,
    outcome: "context",
    rule: 6,
  },
  {
    what: "claude that stopped at its token limit",
    ...claude(claudeResult({ stop_reason: "max_tokens" })),
    outcome: "context",
    rule: 6,
    reason: "max_tokens",
  },
  {
    what: "claude that is overloaded",
    ...claude(claudeError({ api_error_status: 529, result: "Overloaded" })),
    exit: 1,
    outcome: "transient",
    rule: 7,
  },
  {
    what: "claude without a connection",
    ...claude(claudeError({ terminal_reason: "api_error", result: "API Error: Connection error." })),
    exit: 1,
    outcome: "transient",
    rule: 7,
  },
  {
    what: "claude that ends in an error over a refused tool",
    ...claude(
      claudeError({
        subtype: "error_during_execution",
        result: undefined,
        permission_denials: [{ tool_name: "Bash" }],
      }),
    ),
    exit: 1,
    outcome: "permission",
    rule: 8,
  },
  {
    what: "claude at its turn cap",
    ...claude(claudeError({ subtype: "error_max_turns", result: undefined })),
    exit: 1,
    outcome: "failed",
    rule: 9,
    reason: "turn_cap",
  },
  {
    what: "claude at its budget cap",
    ...claude(claudeError({ subtype: "error_max_budget_usd", result: undefined, errors: [] })),
    exit: 1,
    outcome: "failed",
    rule: 9,
    reason: "budget_cap",
  },
  {
    what: "claude with a model that is not there",
    ...claude(claudeSays("", { error: "model_not_found" }), claudeError({ result: "There's an issue" })),
    exit: 1,
    outcome: "failed",
    rule: 9,
    reason: "model",
  },
  {
    what: "claude that was killed while it retried",
    ...claude({ type: "system", subtype: "api_retry", error_status: 429, error: "rate_limit" }),
    exit: 137,
    outcome: "rate_limited",
    rule: 5,
  },
  {
    what: "claude that went on after a retry and was killed",
    ...claude(
      { type: "system", subtype: "api_retry", error_status: 429, error: "rate_limit" },
      claudeSays("going on"),
    ),
    exit: 137,
    outcome: "crashed",
    rule: 11,
    reason: "signal: killed",
  },
  {
    what: "claude without its result line",
    ...claude(claudeSays("hm")),
    outcome: "crashed",
    rule: 11,
    reason: "no terminal event",
  },
  {
    what: "claude with two results, the second good",
    ...claude(claudeError({ api_error_status: 529, result: "Overloaded" }), claudeResult({})),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "claude with two results, the second bad",
    ...claude(claudeResult({}), claudeError({ api_error_status: 529, result: "Overloaded" })),
    exit: 1,
    outcome: "transient",
    rule: 7,
  },
  {
    what: "an operator's kill",
    ...claude(claudeSays("hm")),
    exit: 143,
    ownAction: { reason: "kill", outputBytes: 10 },
    outcome: "killed",
    rule: 1,
    reason: "kill",
  },
  {
    what: "a kill that came after the end",
    ...claude(claudeResult({})),
    exit: 143,
    ownAction: { reason: "shutdown", outputBytes: 100_000 },
    outcome: "ok",
    rule: 10,
  },
  {
    what: "a run beyond its time",
    ...claude(claudeSays("hm")),
    exit: 143,
    ownAction: { reason: "timeout" },
    outcome: "timeout",
    rule: 1,
    reason: "timeout",
  },
  {
    what: "a run without a sign of life",
    ...claude(claudeSays("hm")),
    exit: 143,
    ownAction: { reason: "stall" },
    outcome: "stalled",
    rule: 1,
  },
  {
    what: "a run whose end nobody saw",
    ...claude(claudeSays("hm")),
    end: { kind: "lost" },
    outcome: "killed",
    rule: 2,
    reason: "lost",
  },

  { what: "codex that ends well", ...codex(codexSays("done"), codexDone), outcome: "ok", rule: 10 },
  {
    what: "codex after a good end whose wrapper crashes",
    ...codex(codexDone),
    exit: 1,
    outcome: "failed",
    rule: 10,
    reason: "exit",
  },
  {
    what: "codex that speaks of limits",
    ...codex(codexSays(USAGE_LIMIT), codexDone),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "codex whose command prints the text of a limit",
    ...codex(
      {
        type: "item.completed",
        item: { type: "command_execution", aggregated_output: USAGE_LIMIT, exit_code: 1, status: "failed" },
      },
      codexDone,
    ),
    outcome: "ok",
    rule: 10,
  },
  { what: "codex at its usage limit", ...codexFails(USAGE_LIMIT), outcome: "rate_limited", rule: 5 },
  {
    what: "codex without credits",
    ...codexFails("Your workspace is out of credits. Ask an owner."),
    outcome: "quota_spent",
    rule: 3,
  },
  {
    what: "codex at its spend cap",
    ...codexFails("You hit your spend cap set by your admin"),
    outcome: "quota_spent",
    rule: 3,
  },
  {
    what: "codex whose retries ended with 429",
    ...codexFails("exceeded retry limit, last status: 429 Too Many Requests, request id: x"),
    outcome: "rate_limited",
    rule: 5,
  },
  {
    what: "codex whose retries ended with 503",
    ...codexFails("exceeded retry limit, last status: 503 Service Unavailable"),
    outcome: "transient",
    rule: 7,
  },
  {
    what: "codex without a login",
    ...codexFails("unexpected status 401 Unauthorized: Missing bearer"),
    outcome: "auth",
    rule: 4,
  },
  {
    what: "codex with a cut stream",
    ...codexFails("stream disconnected before completion: stream closed"),
    outcome: "transient",
    rule: 7,
  },
  {
    what: "codex that fails without a text",
    ...codex({ type: "turn.failed" }),
    exit: 1,
    outcome: "failed",
    rule: 9,
  },
  {
    what: "codex whose turn was interrupted",
    ...codex({ type: "turn.started" }),
    exit: 1,
    outcome: "crashed",
    rule: 11,
  },
  {
    what: "codex that fails over a declined command",
    ...codex(
      { type: "item.completed", item: { type: "command_execution", command: "rm", status: "declined" } },
      { type: "turn.failed", error: { message: "the command was declined" } },
    ),
    exit: 1,
    outcome: "permission",
    rule: 8,
  },

  {
    what: "opencode that ends well",
    ...opencode(step("text", { text: "done" }), stepFinish("stop")),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "opencode that stops after a tool",
    ...opencode(stepFinish("tool-calls")),
    outcome: "crashed",
    rule: 11,
    reason: "no terminal event",
  },
  {
    what: "opencode at a limit that it would have retried",
    ...opencode(
      opencodeError("APIError", {
        message: "Rate limited",
        statusCode: 429,
        isRetryable: true,
        responseHeaders: { "retry-after": "3600" },
      }),
    ),
    exit: 1,
    outcome: "rate_limited",
    rule: 5,
  },
  {
    what: "opencode that went on after an error",
    ...opencode(
      opencodeError("APIError", { statusCode: 503, isRetryable: true }),
      step("step_start", {}),
      stepFinish("stop"),
      { type: "done", reason: "idle", sessionID: "ses_1" },
    ),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "opencode whose context is full",
    ...opencode(opencodeError("ContextOverflowError", { message: "too long" }), {
      type: "done",
      sessionID: "ses_1",
    }),
    exit: 1,
    outcome: "context",
    rule: 6,
  },
  {
    what: "opencode without a login, of an old version that leaves with 0",
    ...opencode(opencodeError("ProviderAuthError", { message: "no key" })),
    outcome: "auth",
    rule: 4,
  },
  {
    what: "opencode whose answer was filtered",
    ...opencode(opencodeError("ContentFilterError", {})),
    exit: 1,
    outcome: "failed",
    rule: 9,
    reason: "refusal",
  },
  {
    what: "opencode whose provider has no money",
    ...opencode(
      opencodeError("APIError", {
        message: "Too many",
        statusCode: 429,
        responseBody: `{"error":{"code":"insufficient_quota"}}`,
      }),
    ),
    exit: 1,
    outcome: "quota_spent",
    rule: 3,
  },

  { what: "pi that ends well", ...pi(piAnswer("stop"), piEnd), outcome: "ok", rule: 10 },
  {
    what: "pi at a limit, which leaves with 0",
    ...pi(piAnswer("error", { errorMessage: "429 too fast" }), piEnd, {
      type: "auto_retry_end",
      success: false,
      finalError: "429 too fast",
    }),
    outcome: "rate_limited",
    rule: 5,
  },
  {
    what: "pi that retried and went on",
    ...pi(
      piAnswer("error", { errorMessage: "529 overloaded" }),
      piEnd,
      { type: "auto_retry_start", attempt: 1, errorMessage: "529 overloaded" },
      piAnswer("stop"),
      piEnd,
      { type: "auto_retry_end", success: true },
    ),
    outcome: "ok",
    rule: 10,
  },
  {
    what: "pi whose provider is overloaded",
    ...pi(
      piAnswer("error", { errorMessage: '529 {"type":"error","error":{"type":"overloaded_error"}}' }),
      piEnd,
      { type: "agent_settled", aborted: false },
    ),
    outcome: "transient",
    rule: 7,
  },
  {
    what: "pi whose answer was cut at its length",
    ...pi(piAnswer("length"), piEnd),
    outcome: "context",
    rule: 6,
    reason: "length",
  },
  {
    what: "pi that was aborted",
    ...pi(piAnswer("aborted"), piEnd),
    outcome: "failed",
    rule: 9,
    reason: "error",
  },

  { what: "droid that ends well", ...droid(droidDone), outcome: "ok", rule: 10 },
  {
    what: "droid without a completion",
    ...droid({ type: "message", role: "assistant", text: "hm" }),
    exit: 1,
    outcome: "crashed",
    rule: 11,
  },
  {
    what: "droid with an error",
    ...droid({ type: "error", message: "HTTP 402 payment required" }),
    exit: 1,
    outcome: "quota_spent",
    rule: 3,
  },

  { what: "any program", harness: "", output: `${LIMIT_TEXT}\n`, outcome: "ok", rule: 12 },
  {
    what: "any program that fails",
    harness: "amp",
    output: LIMIT_TEXT,
    exit: 1,
    outcome: "failed",
    rule: 12,
    reason: "exit",
  },
  {
    what: "any program that a signal ends",
    harness: "",
    output: "",
    exit: 139,
    outcome: "crashed",
    rule: 12,
    reason: "signal: segmentation fault",
  },
  {
    what: "a program that is not there",
    harness: "claude",
    output: "bash: claude: command not found\n",
    exit: 127,
    outcome: "crashed",
    rule: 12,
    reason: "not started",
  },
  {
    what: "a harness that could not be started",
    harness: "claude",
    output: "",
    end: { kind: "not started" },
    outcome: "crashed",
    rule: 12,
    reason: "not started",
  },
  {
    what: "a program whose exit code means a limit",
    harness: "",
    output: "",
    exit: 75,
    rateLimitedExit: 75,
    outcome: "rate_limited",
    rule: 12,
  },
  {
    what: "a wrapper of text under the name claude",
    harness: "claude",
    output: `${LIMIT_TEXT}\n`,
    exit: 1,
    outcome: "failed",
    rule: 12,
    reason: "exit",
  },
  {
    what: "a foreign stream under the name codex",
    harness: "codex",
    output: jsonLines({ type: "other", result: LIMIT_TEXT }),
    outcome: "ok",
    rule: 12,
  },
];

import { type JsonObject, readNumber, readObject, readObjects, readText } from "../../core/json.ts";
import type { TokenCounts } from "../../core/outcome.ts";
import { type Adapter, type LineReader, NOTHING, progress, type StreamLine, USUAL_BUSY } from "../adapter.ts";
import type { ErrorEvent, HarnessEvent, LimitEvent } from "../events.ts";
import { byFlag } from "../resume.ts";
import { MessageUsage } from "./claude-messages.ts";
import { sumOf, type TokenFields, USAGE } from "./claude-tokens.ts";

/** `claude -p --output-format stream-json` (spec/90 section 2). */
export const claude: Adapter = {
  name: "claude",
  open,
  signsOfLife: ["stream_event"],
  exceptions: ["message_start", "message_delta"].map(
    (type) => `{"type":"stream_event","event":{"type":"${type}"`,
  ),
  // Versions and wrappers differ; the `result` line is what counts (spec/15, edge cases).
  outlivesItsEnd: true,
  isSilentInTools: false,
  busyFrom: USUAL_BUSY,
  countsSession: true,
  tellsDenials: true,
  resume: byFlag(
    /(?:^|[\s/])claude\s/,
    /\s(?:--(?:resume|continue|session-id|fork-session|no-session-persistence)\b|-[cr]\s)/,
    "--resume=",
  ),
  fields: {
    result: {
      required: ["subtype", "is_error", "num_turns", "total_cost_usd", "usage", "modelUsage", "session_id"],
      optional: [
        ...["uuid", "result", "errors", "structured_output", "stop_reason", "terminal_reason", "cost_usd"],
        ...["duration_ms", "duration_api_ms", "ttft_ms", "ttft_stream_ms", "time_to_request_ms"],
        ...["api_error_status", "startup_failure_reason", "permission_denials", "fast_mode_state"],
        ...["result_index", "credential_expires_at"],
      ],
    },
  },
};

const LIFE: readonly string[] = [
  ...["stream_event", "tool_progress", "tool_use_summary", "auth_status", "conversation_reset"],
  ...["active_goal", "prompt_suggestion"],
];

const SYSTEM_LIFE: readonly string[] = [
  ...["status", "compact_boundary", "session_state_changed", "session_writes_lost"],
  ...["task_started", "task_progress", "task_updated", "task_notification", "background_tasks_changed"],
  ...["hook_started", "hook_response"],
];

function open(): LineReader {
  /** What the last failed request was called: the `result` line itself has no name for it. */
  let code: string | undefined;
  const messages = new MessageUsage();
  return (line) => {
    switch (line.type) {
      case "system":
        return systemEvents(line);
      case "assistant":
        code = readText(line.error);
        return assistantEvents(line);
      case "user":
        return toolResults(line);
      case "rate_limit_event": {
        const info = readObject(line.rate_limit_info);
        code = readText(info.errorCode) ?? code;
        return [limitEvent(info)];
      }
      case "stream_event":
        return messages.usageOf(line);
      case "result":
        return resultEvents(line, code);
      default:
        return LIFE.includes(line.type) ? progress(line.type) : undefined;
    }
  };
}

function systemEvents(line: StreamLine): readonly HarnessEvent[] | undefined {
  const subtype = readText(line.subtype) ?? "";
  switch (subtype) {
    case "init": {
      const id = readText(line.session_id);
      if (id === undefined) return NOTHING;
      return [
        { kind: "session", id, model: readText(line.model), version: readText(line.claude_code_version) },
      ];
    }
    case "api_retry":
      return [
        {
          kind: "error",
          text: `retrying after ${readText(line.error) ?? "an error"}`,
          http: readNumber(line.error_status),
          code: readText(line.error),
          final: false,
        },
      ];
    case "permission_denied":
      return [{ kind: "tool", phase: "end", name: readText(line.tool_name) ?? "", ok: false }];
    default:
      return SYSTEM_LIFE.includes(subtype) ? progress(subtype) : undefined;
  }
}

/** The model that the CLI names for what it says itself, such as the text of a limit. */
const NO_MODEL = "<synthetic>";

/** One message of the API comes as several lines; their `usage` is not final and would count twice. */
function assistantEvents(line: StreamLine): readonly HarnessEvent[] {
  if (readObject(line.message).model === NO_MODEL) return progress("assistant");
  const isSubagent = readText(line.parent_tool_use_id) !== undefined;
  const blocks = readObjects(readObject(line.message).content);
  return blocks.flatMap((block): HarnessEvent[] => {
    const text = readText(block.text);
    if (block.type === "text" && text !== undefined && !isSubagent)
      return [{ kind: "text", text, final: false }];
    if (block.type !== "tool_use") return [];
    return [
      {
        kind: "tool",
        phase: "start",
        name: readText(block.name) ?? "",
        id: readText(block.id),
        title: toolTitle(readObject(block.input)),
      },
    ];
  });
}

const toolTitle = (input: JsonObject): string | undefined =>
  readText(input.description) ?? readText(input.command) ?? readText(input.file_path);

const toolResults = (line: StreamLine): readonly HarnessEvent[] =>
  readObjects(readObject(line.message).content)
    .filter((block) => block.type === "tool_result")
    .map((block) => ({
      kind: "tool",
      phase: "end",
      name: "",
      id: readText(block.tool_use_id),
      ok: block.is_error !== true,
    }));

const LIMIT_STATUS: Readonly<Record<string, LimitEvent["status"]>> = {
  allowed: "ok",
  allowed_warning: "warning",
  rejected: "rejected",
};

function limitEvent(info: JsonObject): LimitEvent {
  const seconds = readNumber(info.resetsAt);
  return {
    kind: "limit",
    window: readText(info.rateLimitType),
    used: readNumber(info.utilization),
    resetAt: seconds === undefined ? undefined : seconds * 1000,
    status: LIMIT_STATUS[readText(info.status) ?? ""] ?? "ok",
  };
}

function resultEvents(line: StreamLine, code: string | undefined): readonly HarnessEvent[] {
  const text = readText(line.result);
  const subtype = readText(line.subtype) ?? "success";
  const ok = line.is_error !== true && subtype === "success";
  const answer: HarnessEvent[] = text === undefined || !ok ? [] : [{ kind: "text", text, final: true }];
  return [
    { kind: "usage", ...tokensOf(line), costUsd: costOf(line), model: mainModel(line), mode: "total" },
    ...(ok ? answer : [errorOf(line, subtype, code)]),
    {
      kind: "end",
      ok,
      reason: readText(line.stop_reason) ?? (subtype === "success" ? undefined : subtype),
      turns: readNumber(line.num_turns),
      denials: readObjects(line.permission_denials).length,
    },
  ];
}

/** `success` stands also over failures, so the subtype is a name only where it is another. */
function errorOf(line: StreamLine, subtype: string, code: string | undefined): ErrorEvent {
  const errors = Array.isArray(line.errors) ? line.errors.filter((entry) => typeof entry === "string") : [];
  const reason = readText(line.terminal_reason);
  const named = subtype === "success" ? undefined : subtype;
  return {
    kind: "error",
    text: readText(line.result) ?? (errors.join("\n") || readText(line.startup_failure_reason) || subtype),
    http: readNumber(line.api_error_status),
    code: code ?? (named !== "error_during_execution" ? named : undefined) ?? reason ?? named,
    final: true,
  };
}

// Old versions called the cost `cost_usd`.
const costOf = (line: StreamLine): number | undefined =>
  readNumber(line.total_cost_usd) ?? readNumber(line.cost_usd);

/** `modelUsage` counts subagents too; `usage` only the main loop. */
function tokensOf(line: StreamLine): TokenCounts {
  const models = Object.values(readObject(line.modelUsage)).map(readObject);
  return models.length > 0 ? sumOf(models, MODEL_USAGE) : sumOf([readObject(line.usage)], USAGE);
}

const MODEL_USAGE: TokenFields = {
  input: "inputTokens",
  output: "outputTokens",
  cacheRead: "cacheReadInputTokens",
  cacheWrite: "cacheCreationInputTokens",
  reasoning: "thinkingTokens",
};
/** The model that wrote most. */
function mainModel(line: StreamLine): string | undefined {
  const output = (usage: unknown) => readNumber(readObject(usage).outputTokens) ?? 0;
  const models = Object.entries(readObject(line.modelUsage));
  return models.toSorted(([, one], [, other]) => output(other) - output(one))[0]?.[0];
}

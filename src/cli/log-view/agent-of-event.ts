import type { AdapterName } from "../../harness/adapter.ts";
import type { StreamEvent } from "./stream-event.ts";

const CODEX = /^(?:thread|turn|item)\./;
const PI =
  /^(?:agent_(?:start|end|settled)|turn_(?:start|end)|message_(?:start|update|end)|tool_execution_\w+|auto_retry_\w+|compaction_\w+|queue_update)$/;
const DROID = /^(?:tool_call|tool_result|completion)$/;
/** Types that several agents use; they belong to the one whose run it is. */
const SHARED = /^(?:error|message|reasoning|system)$/;

/** What claude has at its start and droid has not. */
const CLAUDE_INIT = ["mcp_servers", "uuid", "claude_code_version", "permissionMode"];

/**
 * Which agent CLI but claude prints an event of this form, a log being the output of many runs, of any agent; undefined
 * for claude's and for what is not known. `current` is the agent of the line before.
 */
export function agentOfEvent(event: StreamEvent, current: AdapterName | undefined): AdapterName | undefined {
  const { type } = event;
  if (CODEX.test(type)) return "codex";
  if (typeof event.sessionID === "string") return "opencode";
  if (PI.test(type) || (type === "session" && typeof event.id === "string")) return "pi";
  if (DROID.test(type)) return "droid";
  if (type === "system" && event.subtype === "init") return isDroidInit(event) ? "droid" : undefined;
  return SHARED.test(type) ? current : undefined;
}

const isDroidInit = (event: StreamEvent): boolean =>
  typeof event.cwd === "string" && CLAUDE_INIT.every((field) => event[field] === undefined);

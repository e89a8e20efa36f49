import { type JsonObject, readNumber, readObject, readObjects, readText } from "../../core/json.ts";
import { type Adapter, type LineReader, NOTHING, progress, type StreamLine, USUAL_BUSY } from "../adapter.ts";
import type { HarnessEvent, ToolEvent, UsageEvent } from "../events.ts";
import { byFlag } from "../resume.ts";

/** `pi --mode json` (spec/90 section 5). It leaves with exit code 0 after failures too: the last answer is the verdict. */
export const pi: Adapter = {
  name: "pi",
  open,
  // In 0.7x each one carries the whole message again.
  signsOfLife: ["message_update"],
  outlivesItsEnd: false,
  isSilentInTools: false,
  busyFrom: USUAL_BUSY,
  countsSession: false,
  tellsDenials: false,
  resume: {
    ...byFlag(
      /(?:^|[\s/])pi\s/,
      /\s(?:--(?:continue|resume|session|fork|no-session)\b|-[cr]\s)/,
      "--session ",
    ),
    keepsAnswered: true,
  },
  fields: {
    session: { required: ["id"], optional: ["version", "timestamp", "cwd", "parentSession"] },
    message_end: { required: ["message", "message.role"], optional: [] },
    agent_end: { required: [], optional: ["messages", "willRetry"] },
    agent_settled: { required: [], optional: ["aborted"] },
  },
};

const LIFE: readonly string[] = [
  ...["agent_start", "turn_start", "turn_end", "message_start", "message_update", "queue_update"],
  ...["compaction_start", "compaction_end", "session_info_changed", "thinking_level_changed"],
  ...["entry_appended", "summarization_retry_start", "summarization_retry_end"],
];

const FAILED: readonly (string | undefined)[] = ["error", "aborted"];

function open(): LineReader {
  let stopReason: string | undefined;
  return (line) => {
    switch (line.type) {
      case "session": {
        const id = readText(line.id);
        return id === undefined ? NOTHING : [{ kind: "session", id }];
      }
      case "message_end": {
        const message = readObject(line.message);
        if (message.role !== "assistant") return NOTHING;
        stopReason = readText(message.stopReason);
        return answerEvents(message, stopReason);
      }
      case "tool_execution_start":
      case "tool_execution_update":
      case "tool_execution_end":
        return [toolEvent(line)];
      case "auto_retry_start":
        return [{ kind: "error", text: readText(line.errorMessage) ?? "retrying", final: false }];
      case "auto_retry_end":
        if (line.success === true) return progress("retry succeeded");
        return [{ kind: "error", text: readText(line.finalError) ?? "retries used up", final: true }];
      case "agent_end":
        if (line.willRetry === true) return progress("agent_end");
        return [{ kind: "end", ok: !FAILED.includes(stopReason), reason: stopReason }];
      case "agent_settled": {
        const ok = line.aborted !== true && !FAILED.includes(stopReason);
        return [{ kind: "end", ok, reason: stopReason }];
      }
      default:
        return LIFE.includes(line.type) ? progress(line.type) : undefined;
    }
  };
}

function answerEvents(message: JsonObject, stopReason: string | undefined): readonly HarnessEvent[] {
  const text = readObjects(message.content)
    .filter((block) => block.type === "text")
    .map((block) => readText(block.text) ?? "")
    .join("");
  const answer: HarnessEvent[] = text === "" ? [] : [{ kind: "text", text, final: true }];
  const usage = usageEvent(message);
  if (!FAILED.includes(stopReason)) return [...answer, usage];
  const error = readText(message.errorMessage) ?? stopReason ?? "error";
  return [...answer, usage, { kind: "error", text: error, code: stopReason, final: true }];
}

function usageEvent(message: JsonObject): UsageEvent {
  const usage = readObject(message.usage);
  return {
    kind: "usage",
    input: readNumber(usage.input) ?? 0,
    output: readNumber(usage.output) ?? 0,
    cacheRead: readNumber(usage.cacheRead) ?? 0,
    cacheWrite: readNumber(usage.cacheWrite) ?? 0,
    reasoning: 0,
    costUsd: readNumber(readObject(usage.cost).total),
    model: readText(message.model),
    mode: "sum",
  };
}

const PHASES: Readonly<Record<string, ToolEvent["phase"]>> = {
  tool_execution_start: "start",
  tool_execution_update: "progress",
  tool_execution_end: "end",
};

const toolEvent = (line: StreamLine): ToolEvent => ({
  kind: "tool",
  phase: PHASES[line.type] ?? "progress",
  name: readText(line.toolName) ?? "",
  id: readText(line.toolCallId),
  ok: line.type === "tool_execution_end" ? line.isError !== true : undefined,
  title: toolTitle(readObject(line.args)),
});

const toolTitle = (input: JsonObject): string | undefined => readText(input.command) ?? readText(input.path);

import { type JsonObject, readNumber, readObject, readObjects, readText } from "../../core/json.ts";
import { type Adapter, type LineReader, NOTHING, progress, type StreamLine, USUAL_BUSY } from "../adapter.ts";
import type { FileEvent, HarnessEvent, ToolEvent, UsageEvent } from "../events.ts";

/** `codex exec --json` (spec/90 section 3). Its text is the interface: errors have no code, and there is no price. */
export const codex: Adapter = {
  name: "codex",
  open,
  signsOfLife: [],
  outlivesItsEnd: false,
  isSilentInTools: false,
  busyFrom: USUAL_BUSY,
  countsSession: true,
  tellsDenials: true,
  resume: {
    call: /(?:^|[\s/])codex\s+exec\s/,
    ownSession: /\s(?:resume|fork|--ephemeral)\b/,
    // The prompt follows the session.
    resumed: (command, sessionId) =>
      / -(?=\s|$)/.test(command) ? command.replace(/ -(?=\s|$)/, () => ` resume ${sessionId} -`) : undefined,
  },
  fields: {
    "thread.started": { required: ["thread_id"], optional: [] },
    "turn.completed": { required: ["usage", "usage.input_tokens", "usage.output_tokens"], optional: [] },
    "turn.failed": { required: ["error", "error.message"], optional: [] },
  },
};

function open(): LineReader {
  let lastError: string | undefined;
  let denials = 0;
  return (line) => {
    switch (line.type) {
      case "thread.started": {
        const id = readText(line.thread_id);
        return id === undefined ? NOTHING : [{ kind: "session", id }];
      }
      case "turn.started":
        return progress("turn started");
      case "item.started":
      case "item.updated":
      case "item.completed": {
        const item = readObject(line.item);
        if (line.type === "item.completed" && item.status === "declined") denials++;
        return itemEvents(line.type, item);
      }
      case "item.plan.delta":
      case "request_user_input":
        return progress(line.type);
      case "turn.completed":
        return [usageEvent(readObject(line.usage)), { kind: "end", ok: true, denials }];
      case "turn.failed": {
        const text = readText(readObject(line.error).message) ?? lastError ?? "turn failed";
        return [
          { kind: "error", text, final: true },
          { kind: "end", ok: false, denials },
        ];
      }
      case "error":
        lastError = readText(line.message);
        return [{ kind: "error", text: lastError ?? "error", final: false }];
      default:
        return undefined;
    }
  };
}

const PHASES: Readonly<Record<string, ToolEvent["phase"]>> = {
  "item.started": "start",
  "item.updated": "progress",
  "item.completed": "end",
};

function itemEvents(type: StreamLine["type"], item: JsonObject): readonly HarnessEvent[] {
  switch (item.type) {
    case "agent_message": {
      const text = readText(item.text);
      if (type !== "item.completed" || text === undefined) return progress("agent_message");
      return [{ kind: "text", text, final: true }];
    }
    case "command_execution":
      return [toolEvent(type, item, "command", readText(item.command))];
    case "mcp_tool_call":
      return [toolEvent(type, item, readText(item.tool) ?? "mcp", readText(item.server))];
    case "web_search":
      return [toolEvent(type, item, "web_search", readText(item.query))];
    case "file_change":
      return type === "item.completed" ? fileEvents(item) : progress("file_change");
    default:
      // An `error` item is a warning, and what newer builds add is a sign of life.
      return progress(readText(item.type) ?? "item");
  }
}

const toolEvent = (type: string, item: JsonObject, name: string, title: string | undefined): ToolEvent => ({
  kind: "tool",
  phase: PHASES[type] ?? "progress",
  name,
  id: readText(item.id),
  ok: type === "item.completed" ? item.status !== "failed" && item.status !== "declined" : undefined,
  title,
});

const CHANGES: readonly FileEvent["change"][] = ["add", "update", "delete"];

const fileEvents = (item: JsonObject): readonly HarnessEvent[] =>
  readObjects(item.changes).flatMap((change) => {
    const path = readText(change.path);
    const kind = CHANGES.find((known) => known === change.kind) ?? "update";
    return path === undefined ? [] : [{ kind: "file", path, change: kind }];
  });

/** Cached tokens are part of the input that codex tells; it tells the total of the session. */
function usageEvent(usage: JsonObject): UsageEvent {
  const count = (field: string) => readNumber(usage[field]) ?? 0;
  const cacheRead = count("cached_input_tokens");
  const cacheWrite = count("cache_write_input_tokens");
  return {
    kind: "usage",
    input: Math.max(0, count("input_tokens") - cacheRead - cacheWrite),
    output: count("output_tokens"),
    cacheRead,
    cacheWrite,
    reasoning: count("reasoning_output_tokens"),
    mode: "total",
  };
}

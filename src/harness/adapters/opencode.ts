import { type JsonObject, readNumber, readObject, readText } from "../../core/json.ts";
import { type Adapter, type LineReader, progress, type StreamLine } from "../adapter.ts";
import type { ErrorEvent, HarnessEvent, ToolEvent } from "../events.ts";
import { byFlag } from "../resume.ts";

/** `opencode run --format json` (spec/90 section 4). */
export const opencode: Adapter = {
  name: "opencode",
  open,
  signsOfLife: [],
  outlivesItsEnd: false,
  isSilentInTools: true,
  // Measured with 1.18: 0.013 to 0.016 while its model server says nothing.
  busyFrom: 0.05,
  countsSession: false,
  tellsDenials: true,
  resume: byFlag(
    /(?:^|[\s/])opencode\s+run\s/,
    /\s(?:--(?:continue|session|fork|attach)\b|-[cs]\s)/,
    "--session=",
  ),
  fields: {
    step_finish: {
      required: ["sessionID", "part", "part.reason", "part.cost", "part.tokens"],
      optional: ["timestamp"],
    },
    error: { required: ["error", "error.name"], optional: ["timestamp", "sessionID"] },
    done: { required: [], optional: ["timestamp", "sessionID", "reason", "rejected"] },
  },
};

function open(): LineReader {
  let session: string | undefined;
  let hasFailed = false;
  return (line) => {
    const events = lineEvents(line, hasFailed);
    if (events === undefined) return undefined;
    if (line.type === "error") hasFailed = true;
    if (line.type === "step_start") hasFailed = false;
    const id = readText(line.sessionID);
    if (id === undefined || id === session) return events;
    session = id;
    return [{ kind: "session", id }, ...events];
  };
}

function lineEvents(line: StreamLine, hasFailed: boolean): readonly HarnessEvent[] | undefined {
  const part = readObject(line.part);
  switch (line.type) {
    case "step_start":
    case "reasoning":
      return progress(line.type);
    case "text": {
      const text = readText(part.text);
      return text === undefined ? progress("text") : [{ kind: "text", text, final: true }];
    }
    case "tool_use":
      return [toolEvent(part)];
    case "step_finish":
      return stepEvents(part);
    case "error":
      return [errorEvent(readObject(line.error))];
    case "done":
      return [
        {
          kind: "end",
          ok: !hasFailed,
          denials: Array.isArray(line.rejected) ? line.rejected.length : undefined,
        },
      ];
    default:
      return undefined;
  }
}

/** A tool is told when it has ended, and not before. */
function toolEvent(part: JsonObject): ToolEvent {
  const state = readObject(part.state);
  return {
    kind: "tool",
    phase: "end",
    name: readText(part.tool) ?? "",
    id: readText(part.callID),
    ok: state.status === "completed",
    title: readText(state.title),
  };
}

/** A step that does not call tools is the last one: versions without `done` have no other terminal event. */
function stepEvents(part: JsonObject): readonly HarnessEvent[] {
  const tokens = readObject(part.tokens);
  const cache = readObject(tokens.cache);
  const reasoning = readNumber(tokens.reasoning) ?? 0;
  const usage: HarnessEvent = {
    kind: "usage",
    input: readNumber(tokens.input) ?? 0,
    output: readNumber(tokens.output) ?? 0,
    cacheRead: readNumber(cache.read) ?? 0,
    cacheWrite: readNumber(cache.write) ?? 0,
    reasoning,
    costUsd: readNumber(part.cost),
    mode: "sum",
  };
  const reason = readText(part.reason);
  return reason === "tool-calls" ? [usage] : [usage, { kind: "end", ok: true, reason }];
}

function errorEvent(error: JsonObject): ErrorEvent {
  const data = readObject(error.data);
  const name = readText(error.name);
  return {
    kind: "error",
    text: readText(data.message) ?? name ?? "error",
    http: readNumber(data.statusCode),
    code: name,
    body: readText(data.responseBody),
    retryAfter: readText(readObject(data.responseHeaders)["retry-after"]),
    final: data.isRetryable !== true,
  };
}

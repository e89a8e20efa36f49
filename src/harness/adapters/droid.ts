import { type JsonObject, readNumber, readObject, readText } from "../../core/json.ts";
import { type Adapter, type LineReader, NOTHING, progress, type StreamLine, USUAL_BUSY } from "../adapter.ts";
import type { HarnessEvent, UsageEvent } from "../events.ts";
import { byFlag } from "../resume.ts";

/** `droid exec -o stream-json` (spec/90 section 6). */
export const droid: Adapter = {
  name: "droid",
  open: () => read,
  signsOfLife: [],
  outlivesItsEnd: false,
  isSilentInTools: true,
  busyFrom: USUAL_BUSY,
  countsSession: false,
  tellsDenials: false,
  resume: byFlag(/(?:^|[\s/])droid\s+exec\s/, /\s(?:--(?:session-id|fork)\b|-s\s)/, "-s "),
  fields: {
    completion: {
      required: ["finalText", "numTurns", "session_id"],
      optional: ["durationMs", "usage", "timestamp"],
    },
  },
};

const read: LineReader = (line) => {
  switch (line.type) {
    case "system": {
      const id = readText(line.session_id);
      if (line.subtype !== "init") return undefined;
      return id === undefined ? NOTHING : [{ kind: "session", id, model: readText(line.model) }];
    }
    case "message": {
      const text = readText(line.text);
      if (line.role !== "assistant" || text === undefined) return NOTHING;
      return [{ kind: "text", text, final: false }];
    }
    case "reasoning":
      return progress("reasoning");
    case "tool_call":
      return [
        {
          kind: "tool",
          phase: "start",
          name: readText(line.toolName) ?? readText(line.toolId) ?? "",
          id: readText(line.id),
          title: toolTitle(readObject(line.parameters)),
        },
      ];
    case "tool_result":
      return [
        {
          kind: "tool",
          phase: "end",
          name: readText(line.toolId) ?? "",
          id: readText(line.id),
          ok: line.isError !== true,
        },
      ];
    case "completion":
      return completionEvents(line);
    case "error":
      return [{ kind: "error", text: readText(line.message) ?? "error", final: true }];
    default:
      return undefined;
  }
};

const toolTitle = (input: JsonObject): string | undefined =>
  readText(input.command) ?? readText(input.file_path);

function completionEvents(line: StreamLine): readonly HarnessEvent[] {
  const text = readText(line.finalText);
  const answer: HarnessEvent[] = text === undefined ? [] : [{ kind: "text", text, final: true }];
  const usage = line.usage === undefined ? [] : [usageEvent(readObject(line.usage))];
  const end: HarnessEvent = {
    kind: "end",
    ok: true,
    turns: readNumber(line.numTurns),
    durationMs: readNumber(line.durationMs),
  };
  return [...usage, ...answer, end];
}

const usageEvent = (usage: JsonObject): UsageEvent => ({
  kind: "usage",
  input: readNumber(usage.input_tokens) ?? 0,
  output: readNumber(usage.output_tokens) ?? 0,
  cacheRead: readNumber(usage.cache_read_input_tokens) ?? 0,
  cacheWrite: readNumber(usage.cache_creation_input_tokens) ?? 0,
  reasoning: readNumber(usage.thinking_tokens) ?? 0,
  mode: "total",
});

import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { AgentStream } from "./agent-stream.ts";
import type { Brush } from "./brush.ts";
import { claudeEvent } from "./claude-stream.ts";
import { type LogLine, readLogLine } from "./log-line.ts";
import type { StreamEvent } from "./stream-event.ts";

/**
 * A raw line of the log as the lines that the next stages see: itself, or what the agent's event says. Claude's events
 * stand for themselves; those of the other agent CLIs are read with what came before (spec/15 section 1.1).
 */
export function readableLines(stream: AgentStream, raw: string, brush: Brush): readonly LogLine[] {
  const event = streamEvent(raw);
  const converted = event && (stream.lines(event, brush) ?? claudeEvent(event, brush));
  return converted ?? [readLogLine(raw, brush.color)];
}

function streamEvent(raw: string): StreamEvent | undefined {
  const text = raw.trim();
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && hasType(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const hasType = (value: JsonObject): value is StreamEvent => typeof value.type === "string";

import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { Brush } from "./brush.ts";
import { claudeEvent } from "./claude-stream.ts";
import { type LogLine, readLogLine } from "./log-line.ts";
import type { Conversion, StreamEvent } from "./stream-event.ts";

/** One per agent CLI whose stream is made readable (spec/15 section 1.1); the first that knows an event wins. */
const CONVERSIONS: readonly Conversion[] = [claudeEvent];

/** A raw line of the log as the lines that the next stages see: itself, or what the agent's event says. */
export function readableLines(raw: string, brush: Brush): readonly LogLine[] {
  const event = streamEvent(raw);
  const converted = event && firstConversion(event, brush);
  return converted ?? [readLogLine(raw, brush.color)];
}

function firstConversion(event: StreamEvent, brush: Brush): readonly LogLine[] | undefined {
  for (const convert of CONVERSIONS) {
    const lines = convert(event, brush);
    if (lines) return lines;
  }
  return undefined;
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

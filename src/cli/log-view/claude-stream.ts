import { SGR } from "../../console/color.ts";
import { isJsonObject, type JsonObject, readText } from "../../core/json.ts";
import type { Brush } from "./brush.ts";
import type { LogLine } from "./log-line.ts";
import { type StreamEvent, spokenLines, taggedLine } from "./stream-event.ts";

const NOTHING: readonly LogLine[] = [];

/** An event of `claude --output-format stream-json` (spec/20 section 16.3 a; its fields: spec/90 section 2). */
export function claudeEvent(event: StreamEvent, brush: Brush): readonly LogLine[] | undefined {
  switch (event.type) {
    case "system":
      return event.subtype === "init"
        ? [taggedLine(brush, SGR.cyan, "[claude:init]", initText(event))]
        : undefined;
    case "stream_event":
      return apiEvent(objectIn(event.event), brush);
    case "result":
      return [taggedLine(brush, SGR.yellow, "[claude:result]", resultText(event))];
    case "error":
      return [taggedLine(brush, SGR.red, "[claude:error]", errorText(event))];
    // Their text was already streamed.
    case "assistant":
    case "user":
      return NOTHING;
    default:
      return undefined;
  }
}

/** An event of the Messages API, as it is streamed with `--include-partial-messages`. */
function apiEvent(event: JsonObject, brush: Brush): readonly LogLine[] {
  const note = (text: string) => [taggedLine(brush, SGR.dim, "[claude:event]", text)];
  switch (event.type) {
    case "content_block_delta": {
      const delta = objectIn(event.delta);
      const text = delta.type === "text_delta" ? readText(delta.text) : undefined;
      return text === undefined ? NOTHING : spokenLines(brush, SGR.green, text);
    }
    case "message_delta": {
      const reason = readText(objectIn(event.delta).stop_reason);
      return reason === undefined ? NOTHING : note(`stop_reason=${reason}`);
    }
    case "message_start":
    case "message_stop":
    case "content_block_start":
    case "content_block_stop":
      return NOTHING;
    default:
      return note(readText(event.type) ?? "unknown");
  }
}

const initText = (event: StreamEvent): string =>
  [
    `model=${readText(event.model) ?? "unknown"}`,
    `tools=${countIn(event.tools)}`,
    `mcp=${countIn(event.mcp_servers)}`,
    `session=${readText(event.session_id) ?? "-"}`,
  ].join(" ");

function resultText(event: StreamEvent): string {
  const usage = objectIn(event.usage);
  // Old versions of claude called the cost `cost_usd`.
  const cost = event.total_cost_usd ?? event.cost_usd;
  return [
    `turns=${numberIn(event.num_turns)}`,
    `duration=${(numberIn(event.duration_ms) / 1000).toFixed(1)}s`,
    `input=${numberIn(usage.input_tokens)}`,
    `output=${numberIn(usage.output_tokens)}`,
    `cost=$${numberIn(cost).toFixed(6)}`,
  ].join(" ");
}

/** The message stands beside the type, or, as in an answer of the API, in an `error` object. */
const errorText = (event: StreamEvent): string =>
  readText(event.message) ??
  readText(objectIn(event.error).message) ??
  readText(event.error) ??
  "unknown error";

const objectIn = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const numberIn = (value: unknown): number => (typeof value === "number" ? value : 0);
const countIn = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

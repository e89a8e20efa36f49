import type { Usage, Wire } from "./model-server.ts";

/** Anthropic's messages, streamed: what claude asks for. */
export const messagesApi: Wire = {
  path: "/v1/messages",

  stream: (text, usage) => [
    event("message_start", { message: message(usage) }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...(text.match(/\S+\s*|\s+/g) ?? []).map((word) =>
      event("content_block_delta", { index: 0, delta: { type: "text_delta", text: word } }),
    ),
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: usage.output },
    }),
    event("message_stop", {}),
  ],

  error: (code, text) => ({ type: "error", error: { type: ERRORS[code] ?? "api_error", message: text } }),
};

const ERRORS: Readonly<Record<string, string>> = {
  rate_limit_exceeded: "rate_limit_error",
  invalid_api_key: "authentication_error",
};

const message = ({ input, cached }: Usage) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-opus-4-8",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: input - cached, cache_read_input_tokens: cached, output_tokens: 1 },
});

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

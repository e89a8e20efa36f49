import type { Usage, Wire } from "./model-server.ts";

/** OpenAI's responses, streamed: what codex asks for. */
export const responsesApi: Wire = {
  path: "/v1/responses",

  stream: (text, usage) => [
    event("response.created", { response: { id: "resp_1" } }),
    event("response.output_item.added", { item: item("") }),
    event("response.output_text.delta", { item_id: "msg_1", delta: text }),
    event("response.output_item.done", { item: item(text) }),
    event("response.completed", { response: { id: "resp_1", usage: reported(usage) } }),
  ],

  error: (code, message) => ({ error: { message, type: code, code } }),
};

const item = (text: string) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text }],
});

const reported = ({ input, output, cached }: Usage) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input + output,
});

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

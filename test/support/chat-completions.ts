import type { Usage, Wire } from "./model-server.ts";

/** OpenAI's chat completions, streamed: what pi and opencode ask for. */
export const chatCompletions: Wire = {
  path: "/v1/chat/completions",

  stream: (text, usage) => [
    ...deltas(text).map((content) => event({ choices: [choice({ role: "assistant", content }, null)] })),
    event({ choices: [choice({}, "stop")] }),
    event({ choices: [], usage: reported(usage) }),
    "data: [DONE]\n\n",
  ],

  tool: (name, input) => [
    event({ choices: [choice({ role: "assistant", tool_calls: [toolCall(name, input)] }, null)] }),
    event({ choices: [choice({}, "tool_calls")] }),
    "data: [DONE]\n\n",
  ],

  error: (code, message) => ({ error: { message, type: code, code } }),
};

const deltas = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

const toolCall = (name: string, input: object) => ({
  index: 0,
  id: "call_1",
  type: "function",
  function: { name, arguments: JSON.stringify(input) },
});

const choice = (delta: object, finishReason: string | null) => ({
  index: 0,
  delta,
  finish_reason: finishReason,
});

const event = (fields: object): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model: "mock-model", ...fields })}\n\n`;

const reported = ({ input, output, cached }: Usage) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached },
});

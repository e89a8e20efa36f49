import { expect, test } from "bun:test";
import { type Answer, ModelServer } from "./model-server.ts";

const ask = (server: ModelServer) =>
  fetch(`${server.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "mock-model", stream: true }),
    signal: AbortSignal.timeout(2000),
  });

const usage = { input: 10, output: 3, cached: 4 };

test("an answer is streamed word by word, with its usage, and the request is kept", async () => {
  await using server = await ModelServer.start();
  server.answer = { kind: "text", text: "all tests pass", usage };
  const lines = (await (await ask(server)).text()).trim().split("\n\n");
  expect(lines.at(-1)).toBe("data: [DONE]");
  const events = lines.slice(0, -1).map((line) => JSON.parse(line.slice("data: ".length)));
  expect(events.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("all tests pass");
  expect(events.at(-1).usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 });
  expect(server.requests).toEqual([
    { path: "/v1/chat/completions", body: { model: "mock-model", stream: true } },
  ]);
});

test.each<[Answer, number, string | null]>([
  [{ kind: "rate limited", retryAfterSeconds: 7 }, 429, "7"],
  [{ kind: "unauthorized" }, 401, null],
])("%o has its status", async (answer, status, retryAfter) => {
  await using server = await ModelServer.start();
  server.answer = answer;
  const response = await ask(server);
  expect(response.status).toBe(status);
  expect(response.headers.get("retry-after")).toBe(retryAfter);
  expect(await response.json()).toHaveProperty("error.message");
});

test("a cut answer breaks off, and a hanging one never begins", async () => {
  await using server = await ModelServer.start();
  server.answer = { kind: "cut", text: "one two three four" };
  const cut = await ask(server);
  await expect(cut.text()).rejects.toThrow();
  server.answer = { kind: "hang" };
  await expect(
    fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      body: "{}",
      signal: AbortSignal.timeout(100),
    }),
  ).rejects.toThrow("timed out");
  expect((await fetch(server.baseUrl)).status).toBe(404);
});

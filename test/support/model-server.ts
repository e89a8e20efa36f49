import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { chatCompletions } from "./chat-completions.ts";
import { messagesApi } from "./messages-api.ts";
import { responsesApi } from "./responses-api.ts";

/** Tokens that an answer reports; `cached` ones are part of `input`. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

/** What the server does with a request. */
export type Answer =
  | { readonly kind: "text"; readonly text: string; readonly usage: Usage }
  /** Has the agent use a tool; only where the wire knows how. */
  | { readonly kind: "tool"; readonly name: string; readonly input: object }
  /** HTTP 429. */
  | { readonly kind: "rate limited"; readonly retryAfterSeconds: number }
  /** HTTP 401. */
  | { readonly kind: "unauthorized" }
  /** Accepts the request and never answers. */
  | { readonly kind: "hang" }
  /** Begins to answer and then says no more, the connection open. */
  | { readonly kind: "stuck"; readonly text: string }
  /** Breaks the connection in the middle of the answer. */
  | { readonly kind: "cut"; readonly text: string };

/** One model API: the path of its requests and the form of its answers. */
export interface Wire {
  readonly path: string;
  /** The pieces of a streamed answer, in order. */
  stream(text: string, usage: Usage): string[];
  /** The same for a call of a tool. */
  tool?(name: string, input: object): string[];
  /** The body of an error answer. */
  error(code: string, message: string): object;
}

export interface ModelRequest {
  readonly path: string;
  readonly body: unknown;
}

const wires: readonly Wire[] = [chatCompletions, messagesApi, responsesApi];

const noUsage: Usage = { input: 0, output: 0, cached: 0 };

/** A stand-in for a model provider on 127.0.0.1, so that real agent CLIs run without an account and without the network. */
export class ModelServer implements AsyncDisposable {
  /** What every request gets, or says what it gets; may be changed at any time. */
  answer: Answer | ((request: ModelRequest) => Answer) = { kind: "text", text: "done", usage: noUsage };
  readonly requests: ModelRequest[] = [];
  readonly #server = createServer((request, response) => void this.#respond(request, response));
  #port = 0;

  static async start(): Promise<ModelServer> {
    const started = new ModelServer();
    await once(started.#server.listen(0, "127.0.0.1"), "listening");
    const address = started.#server.address();
    if (address === null || typeof address === "string") throw new Error("the model server has no port");
    started.#port = address.port;
    return started;
  }

  /** As agent CLIs take it: `http://127.0.0.1:<port>/v1`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?")[0] ?? "";
    const wire = wires.find((known) => known.path === path);
    if (wire === undefined || request.method !== "POST") return void response.writeHead(404).end();
    const received = { path, body: await json(request) };
    this.requests.push(received);
    respond(response, wire, typeof this.answer === "function" ? this.answer(received) : this.answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function respond(response: ServerResponse, wire: Wire, answer: Answer): void {
  switch (answer.kind) {
    case "text":
      writeAll(response, wire.stream(answer.text, answer.usage));
      return;
    case "tool":
      writeAll(response, wire.tool?.(answer.name, answer.input) ?? []);
      return;
    case "stuck":
      writeHalf(response, wire, answer.text);
      return;
    case "cut":
      // Broken when the first half has left, so that the client has read something.
      writeHalf(response, wire, answer.text, () => response.destroy());
      return;
    case "rate limited":
      refuse(response, 429, wire.error("rate_limit_exceeded", "Rate limit reached"), {
        "retry-after": String(answer.retryAfterSeconds),
      });
      return;
    case "unauthorized":
      refuse(response, 401, wire.error("invalid_api_key", "Incorrect API key provided"));
      return;
    case "hang":
      return;
    default:
      answer satisfies never;
  }
}

function writeAll(response: ServerResponse, pieces: readonly string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const piece of pieces) response.write(piece);
  response.end();
}

function writeHalf(response: ServerResponse, wire: Wire, text: string, then?: () => void): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const pieces = wire.stream(text, noUsage);
  response.write(pieces.slice(0, pieces.length / 2).join(""), then);
}

function refuse(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

import type { Server } from "bun";
import { waitFor } from "../../support/wait-for.ts";

interface ReceivedCall {
  readonly headers: Headers;
  readonly body: string;
}

/** What a receiver does with a call: answers with a status, or never. */
type Answer = number | "hang";

/** A receiver of webhooks on loopback that can misbehave. */
export class WebhookReceiver implements AsyncDisposable {
  readonly calls: ReceivedCall[] = [];
  /** Told to the next calls one by one; the last one to all further ones. */
  answers: Answer[];
  readonly #server: Server<undefined>;

  constructor(...answers: Answer[]) {
    this.answers = answers;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 0,
      fetch: async (request) => {
        this.calls.push({ headers: request.headers, body: await request.text() });
        const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? 200;
        if (answer === "hang") return new Promise<Response>(() => {});
        return new Response("", { status: answer, headers: { Location: `${this.url}elsewhere` } });
      },
    });
  }

  get url(): string {
    return this.#server.url.href;
  }

  /** The types of the events that were posted. */
  get types(): string[] {
    return this.calls.map(({ body }) => JSON.parse(body).type);
  }

  untilCalled(times: number): Promise<unknown> {
    return waitFor(() => this.calls.length >= times, { what: `${times} calls` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

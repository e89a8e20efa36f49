import { connect, type Socket } from "node:net";
import { waitFor } from "../../support/wait-for.ts";

export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Follows the events of a supervisor over a plain socket, which can be left unread. */
export class EventClient implements AsyncDisposable {
  readonly received: ReceivedEvent[] = [];
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #hasHeaders = false;
  #text = "";
  #isOpen = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => {});
  }

  static async open(path: string, query = "", { paused = false } = {}): Promise<EventClient> {
    const socket = connect(path);
    const client = new EventClient(socket);
    socket.write(`GET /v1/events?${query} HTTP/1.1\r\nHost: forged\r\n\r\n`);
    await waitFor(() => client.#isOpen, { what: "the stream" });
    if (paused) socket.pause();
    return client;
  }

  resume(): void {
    this.#socket.resume();
  }

  until(holds: (event: ReceivedEvent) => boolean): Promise<unknown> {
    return waitFor(() => this.received.some(holds), { what: "an event", timeoutMs: 20_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.#hasHeaders) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#bytes = this.#bytes.subarray(end + 4);
      this.#hasHeaders = true;
    }
    for (let chunk = this.#nextChunk(); chunk !== undefined; chunk = this.#nextChunk()) this.#text += chunk;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) this.#receive(block);
  }

  /** One chunk of the transfer coding (RFC 9112 section 7.1), when all of it is there. */
  #nextChunk(): string | undefined {
    const line = this.#bytes.indexOf("\r\n");
    if (line < 0) return undefined;
    const size = Number.parseInt(this.#bytes.toString("latin1", 0, line), 16);
    const end = line + 2 + size;
    if (this.#bytes.length < end + 2) return undefined;
    const chunk = this.#bytes.toString("utf8", line + 2, end);
    this.#bytes = this.#bytes.subarray(end + 2);
    return chunk;
  }

  #receive(block: string): void {
    this.#isOpen = true;
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
    const type = field("event");
    if (type !== undefined)
      this.received.push({ id: field("id"), type, data: JSON.parse(field("data") ?? "null") });
  }
}

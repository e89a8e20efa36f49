import { Outbox } from "../../../src/supervisor/mail/outbox.ts";
import { waitFor } from "../../support/wait-for.ts";

type Address = { readonly unix: string } | { readonly hostname: string; readonly port: number };

/** A client of the line protocol that says exactly what it is told to. */
export class WireClient implements Disposable {
  readonly lines: string[] = [];
  isClosed = false;
  #rest = "";
  #socket: Bun.Socket | undefined;
  #outbox: Outbox | undefined;
  #isReading = true;

  static async connect(address: Address, ...lines: (string | object)[]): Promise<WireClient> {
    const client = new WireClient();
    const decoder = new TextDecoder();
    const socket = {
      data: (_: Bun.Socket, bytes: Buffer) => client.#received(decoder.decode(bytes, { stream: true })),
      drain: () => client.#outbox?.flush(),
      close() {
        client.isClosed = true;
      },
    };
    client.#socket = await ("unix" in address
      ? Bun.connect({ unix: address.unix, socket })
      : Bun.connect({ ...address, socket }));
    client.#outbox = new Outbox(client.#socket);
    for (const line of lines) client.say(line);
    return client;
  }

  say(line: string | object): void {
    this.#outbox?.write(typeof line === "string" ? line : `${JSON.stringify(line)}\n`);
  }

  /** Says that nothing more will be said. */
  shutdown(): void {
    this.#socket?.shutdown();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** The lines so far as JSON, once there are so many. */
  async answers(count: number): Promise<Record<string, unknown>[]> {
    await waitFor(() => this.lines.length >= count, {
      what: `${count} lines, there are ${this.lines.length}: ${this.lines.slice(0, 5)}`,
    });
    return this.lines.map((line) => JSON.parse(line));
  }

  /** The bodies of the messages so far, once there are so many. */
  async bodies(count: number): Promise<unknown[]> {
    const isMessage = (line: string) => line.startsWith('{"msg":');
    await waitFor(() => this.lines.filter(isMessage).length >= count, { what: `${count} messages` });
    return this.lines.filter(isMessage).map((line) => JSON.parse(line).msg.body);
  }

  closed = (): Promise<unknown> => waitFor(() => this.isClosed, { what: "the end of the connection" });

  #received(text: string): void {
    if (!this.#isReading) return;
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop() ?? "";
    this.lines.push(...parts);
  }

  [Symbol.dispose](): void {
    this.#isReading = false;
    this.#socket?.terminate();
  }
}

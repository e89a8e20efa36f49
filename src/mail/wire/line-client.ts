import type { Endpoint } from "./endpoint.ts";
import { LineBuffer } from "./lines.ts";

/** A supervisor that lives accepts at once (spec/50 section 9). */
const CONNECT_MS = 200;

/** Lines that wait for their reader before the sender has to wait, and from which on it goes on. */
const MOST_WAITING = 1_000;
const FEW_WAITING = 100;

/** One connection to a supervisor: a line goes out, lines come in. */
export class LineClient implements Disposable {
  readonly #lines: string[] = [];
  readonly #input = new LineBuffer();
  #socket: Bun.Socket | undefined;
  #unsent: Uint8Array = new Uint8Array();
  #isClosed = false;
  #isPaused = false;
  #woken = Promise.withResolvers<void>();

  /** Undefined when nobody accepts in time. */
  static async connect(endpoint: Endpoint, withinMs = CONNECT_MS): Promise<LineClient | undefined> {
    const client = new LineClient();
    const socket = {
      data: (_: Bun.Socket, bytes: Buffer) => client.#received(bytes),
      drain: () => client.#flush(),
      close: () => client.#close(),
      error: () => client.#close(),
    };
    const connecting =
      endpoint.kind === "unix"
        ? Bun.connect({ unix: endpoint.path, socket })
        : Bun.connect({ hostname: endpoint.hostname, port: endpoint.port, socket });
    const tooLate = Promise.withResolvers<undefined>();
    // The attempt itself keeps the process; who has what it wanted need not wait for its end.
    const timer = setTimeout(tooLate.resolve, withinMs).unref();
    const connected = await Promise.race([connecting.catch(() => undefined), tooLate.promise]);
    clearTimeout(timer);
    if (connected === undefined) {
      void connecting.then((late) => late.terminate()).catch(() => {});
      return undefined;
    }
    client.#socket = connected;
    return client;
  }

  write(line: string): void {
    this.#unsent = Buffer.from(line);
    this.#flush();
  }

  /** The next line; undefined at the end of the connection, or when none has come before the time is over. */
  async next(withinMs: number): Promise<string | undefined> {
    const deadline = performance.now() + withinMs;
    while (this.#lines.length === 0 && !this.#isClosed) {
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      this.#woken = Promise.withResolvers();
      const timer = setTimeout(this.#woken.resolve, left);
      await this.#woken.promise;
      clearTimeout(timer);
    }
    const line = this.#lines.shift();
    if (this.#isPaused && this.#lines.length < FEW_WAITING) {
      this.#isPaused = false;
      this.#socket?.resume();
    }
    return line;
  }

  [Symbol.dispose](): void {
    this.#close();
    this.#socket?.terminate();
  }

  #flush(): void {
    if (this.#unsent.length === 0 || this.#isClosed) return;
    const count = this.#socket?.write(this.#unsent) ?? 0;
    this.#unsent = this.#unsent.subarray(Math.max(0, count));
  }

  #received(bytes: Uint8Array): void {
    try {
      for (const line of this.#input.add(bytes)) this.#lines.push(line);
    } catch {
      this[Symbol.dispose](); // A line that no supervisor sends: as good as no answer.
    }
    if (this.#lines.length > MOST_WAITING && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket?.pause();
    }
    this.#woken.resolve();
  }

  #close(): void {
    this.#isClosed = true;
    this.#woken.resolve();
  }
}

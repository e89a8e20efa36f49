/** The part of a socket that an outbox needs. */
export interface ByteSink {
  /** Takes as many bytes as there is room for, and says how many; below zero when it is closed. */
  write(bytes: Uint8Array): number;
  end(): void;
}

/** Lines on their way to a client, in order, as fast as it reads. */
export class Outbox {
  readonly #sink: ByteSink;
  #lines: Uint8Array[] = [];
  /** Bytes of the first line that are gone already. */
  #sent = 0;
  #isEnding = false;
  #emptied = Promise.withResolvers<void>();

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Lines that have not left wholly. */
  get waiting(): number {
    return this.#lines.length;
  }

  write(line: string): void {
    if (this.#isEnding) return;
    this.#lines.push(Buffer.from(line));
    if (this.#lines.length === 1) this.flush();
  }

  /** Says a last thing in place of what still waits, and closes. */
  end(line: string): void {
    // What has begun must be ended, or the last line could not be read.
    this.#lines.splice(this.#sent > 0 ? 1 : 0);
    this.write(line);
    this.close();
  }

  /** Closes when everything has left. */
  close(): void {
    this.#isEnding = true;
    this.flush();
  }

  /** Resolves when nothing waits. */
  async emptied(): Promise<void> {
    if (this.#lines.length > 0) await this.#emptied.promise;
  }

  /** To be called whenever the socket has room again. */
  flush(): void {
    while (this.#lines[0] !== undefined) {
      const rest = this.#lines[0].subarray(this.#sent);
      const count = this.#sink.write(rest);
      this.#sent += Math.max(0, count);
      if (count < rest.length) return;
      this.#lines.shift();
      this.#sent = 0;
    }
    this.#emptied.resolve();
    this.#emptied = Promise.withResolvers();
    if (this.#isEnding) this.#sink.end();
  }
}

import { closeSync, fstatSync, openSync, read, readSync } from "node:fs";

/** One read; larger ones gain nothing. */
const BUFFER_BYTES = 1024 * 1024;
/** Up to here a read at once is cheaper than one in another thread, and holds up nobody. */
const SMALL_BYTES = 64 * 1024;
const MOST_FREE_BUFFERS = 4;
const freeBuffers: Buffer[] = [];

/** Where copied bytes go, in order. Rejects when the target cannot take them. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/**
 * Follows a growing file into a sink. Holds one buffer, and only while it copies, so that its memory does not depend on
 * what is printed.
 */
export class OutputCopier {
  readonly #path: string;
  readonly #sink: Sink;
  #position: number;
  #source: number | undefined;
  #active: Promise<void> | undefined;
  #grew = false;

  /** Goes on behind `from` bytes, which have been copied before. */
  constructor(path: string, sink: Sink, from = 0) {
    this.#path = path;
    this.#sink = sink;
    this.#position = from;
  }

  /** Bytes of the source that have been copied, those of earlier copiers included. */
  get position(): number {
    return this.#position;
  }

  /** Copies all that is there now. Calls join a copy that is under way, and what grew meanwhile is copied too. */
  copy(): Promise<void> {
    this.#grew = true;
    this.#active ??= this.#copyWhileGrowing().finally(() => {
      this.#active = undefined;
    });
    return this.#active;
  }

  async close(): Promise<void> {
    await this.#active?.catch(() => {});
    if (this.#source !== undefined) closeSync(this.#source);
    this.#source = undefined;
  }

  async #copyWhileGrowing(): Promise<void> {
    while (this.#grew) {
      this.#grew = false;
      await this.#copyToEnd();
    }
  }

  async #copyToEnd(): Promise<void> {
    this.#source ??= openSync(this.#path, "r");
    for (;;) {
      const left = fstatSync(this.#source).size - this.#position;
      if (left <= 0) return;
      await (left <= SMALL_BYTES ? this.#copySmall(this.#source, left) : this.#copyLarge(this.#source));
    }
  }

  #copySmall(source: number, bytes: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(bytes);
    return this.#sinkNext(buffer.subarray(0, readSync(source, buffer, 0, bytes, this.#position)));
  }

  async #copyLarge(source: number): Promise<void> {
    const buffer = freeBuffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    try {
      const bytesRead = await readAt(source, buffer, this.#position);
      await this.#sinkNext(buffer.subarray(0, bytesRead));
    } finally {
      if (freeBuffers.length < MOST_FREE_BUFFERS) freeBuffers.push(buffer);
    }
  }

  async #sinkNext(bytes: Uint8Array): Promise<void> {
    await this.#sink(bytes);
    this.#position += bytes.length;
  }
}

function readAt(file: number, buffer: Buffer, position: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  read(file, buffer, 0, buffer.length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  return promise;
}

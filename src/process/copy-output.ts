import { type FileHandle, open } from "node:fs/promises";

/** One read; larger ones gain nothing. */
const BUFFER_BYTES = 1024 * 1024;
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
  #source: FileHandle | undefined;
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
    await this.#source?.close();
    this.#source = undefined;
  }

  async #copyWhileGrowing(): Promise<void> {
    while (this.#grew) {
      this.#grew = false;
      await this.#copyToEnd();
    }
  }

  async #copyToEnd(): Promise<void> {
    this.#source ??= await open(this.#path, "r");
    const buffer = freeBuffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    try {
      for (;;) {
        const { bytesRead } = await this.#source.read(buffer, 0, BUFFER_BYTES, this.#position);
        if (bytesRead === 0) return;
        await this.#sink(buffer.subarray(0, bytesRead));
        this.#position += bytesRead;
      }
    } finally {
      if (freeBuffers.length < MOST_FREE_BUFFERS) freeBuffers.push(buffer);
    }
  }
}

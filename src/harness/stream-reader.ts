import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Adapter, LineReader, StreamLine } from "./adapter.ts";
import type { HarnessEvent } from "./events.ts";
import { OutputLines } from "./output-lines.ts";
import { RunSigns, type Source } from "./run-signs.ts";

/** Enough for the name of any type. */
const HEAD_BYTES = 64;

/** Hears of what is read while it is read. */
export interface StreamListener {
  readonly event: (event: HarnessEvent) => void;
  /** A line of those that are most of a stream: the model goes on answering. */
  readonly life: () => void;
}

/** Reads the output of one run as it comes, in blocks, and collects what the adapter sees in it. Never throws. */
export class StreamReader {
  readonly signs = new RunSigns();
  readonly #adapter: Adapter;
  readonly #read: LineReader;
  readonly #lines = new OutputLines((line, offset) => this.#line(line, offset));
  readonly #lifeSigns: readonly Buffer[];
  readonly #exceptions: readonly Buffer[];
  readonly #listener: StreamListener | undefined;

  constructor(adapter: Adapter, listener?: StreamListener) {
    this.#adapter = adapter;
    this.#listener = listener;
    this.#read = adapter.open();
    this.#lifeSigns = adapter.signsOfLife.map((type) => Buffer.from(`{"type":"${type}"`));
    this.#exceptions = (adapter.exceptions ?? []).map((start) => Buffer.from(start));
  }

  push(block: Uint8Array): void {
    this.#lines.push(block);
    this.signs.skippedLines = this.#lines.skipped;
  }

  /** Reads a last line that has no line feed; a torn one is text. */
  end(): RunSigns {
    this.#lines.end();
    this.signs.skippedLines = this.#lines.skipped;
    return this.signs;
  }

  #line(bytes: Uint8Array, offset: number): void {
    if (this.#isSignOfLife(bytes)) {
      this.signs.noteLife();
      this.#listener?.life();
      return;
    }
    const line = parseLine(bytes);
    if (line !== undefined) this.#event(line, { line, offset, end: offset + bytes.length });
  }

  #event(line: StreamLine, source: Source): void {
    const events = this.#read(line);
    if (events === undefined) {
      this.signs.noteUnknown(line);
      return;
    }
    this.signs.noteLine(this.#adapter, line);
    for (const event of events) {
      this.signs.add(event, source);
      this.#listener?.event(event);
    }
  }

  #isSignOfLife(bytes: Uint8Array): boolean {
    if (this.#lifeSigns.length === 0) return false;
    const head = bytes.subarray(0, HEAD_BYTES);
    const begins = (start: Buffer) => start.equals(head.subarray(0, start.length));
    return this.#lifeSigns.some(begins) && !this.#exceptions.some(begins);
  }
}

/** Undefined for a line that is no event: shell noise, or one that was cut by the end of the process. */
function parseLine(bytes: Uint8Array): StreamLine | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && hasType(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const hasType = (value: JsonObject): value is StreamLine => typeof value.type === "string";

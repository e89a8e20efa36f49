import type { Milliseconds } from "../../core/duration.ts";
import type { Adapter } from "../../harness/adapter.ts";
import type { HarnessEvent } from "../../harness/events.ts";
import { readBlocks } from "../../harness/read-output.ts";
import type { RunSigns } from "../../harness/run-signs.ts";
import { StreamReader } from "../../harness/stream-reader.ts";
import { outputBytes, type RunFolder } from "../../process/run-folder.ts";

/**
 * What a run has told so far, while it goes on (spec/15 section 1). Times are those of `Session.ticks`: neither a clock
 * that is set nor a machine that was asleep makes a run look silent.
 */
export interface LiveRun {
  readonly adapter: Adapter;
  /** Bytes of output. */
  readonly bytes: number;
  readonly lastByteAt: Milliseconds | undefined;
  /** Of anything that the adapter knows. */
  readonly lastEventAt: Milliseconds | undefined;
  /** Of what tells that the work goes on, which a retry does not. */
  readonly lastWorkAt: Milliseconds | undefined;
  /** Whether there was a first `text` or `tool` event: the model answers. */
  readonly hasAnswered: boolean;
  /** Tool calls that have begun and not ended. */
  readonly toolsInProgress: number;
  /** Notices of retries without any work between them. */
  readonly retriesInRow: number;
  /** When the run said that it is done; undefined while it goes on, also when it goes on after all. */
  readonly doneAt: Milliseconds | undefined;
  /** What the events say together: usage and cost so far, model, session. */
  readonly signs: Omit<RunSigns, "add">;
}

/** What an earlier runner has left: output that was printed before this one began to read. */
export interface EarlierOutput {
  readonly bytes: number;
  /** When the last of it was printed. */
  readonly at: Milliseconds;
}

/** Calls that a stream cannot fill the memory with. */
const MOST_CALLS = 100;

/** Reads the output of a run as it comes. A runner that takes the run up reads it from the beginning and knows the same. */
export class LiveReading implements LiveRun {
  bytes = 0;
  lastByteAt: Milliseconds | undefined;
  lastEventAt: Milliseconds | undefined;
  lastWorkAt: Milliseconds | undefined;
  hasAnswered = false;
  retriesInRow = 0;
  doneAt: Milliseconds | undefined;
  readonly #calls = new Set<string>();
  readonly #reader: StreamReader;
  #readAt: Milliseconds = 0;

  constructor(
    readonly adapter: Adapter,
    private readonly now: () => Milliseconds,
    private readonly earlier: EarlierOutput = { bytes: 0, at: 0 },
  ) {
    this.#reader = new StreamReader(adapter, {
      event: (event) => this.#event(event),
      life: () => this.#life(),
    });
  }

  get signs(): RunSigns {
    return this.#reader.signs;
  }

  get toolsInProgress(): number {
    return this.#calls.size;
  }

  /** Takes the bytes of the output that start at `offset`; what was read before is passed over. */
  read(bytes: Uint8Array, offset: number): void {
    const fresh = bytes.subarray(Math.max(0, this.bytes - offset));
    if (fresh.length === 0) return;
    this.#readAt = this.bytes < this.earlier.bytes ? this.earlier.at : this.now();
    this.bytes += fresh.length;
    this.lastByteAt = this.#readAt;
    // Nothing that it prints tells anything.
    if (this.adapter.name !== "generic") this.#reader.push(fresh);
  }

  /** Reads what is left of the output of a run that has ended. */
  async finish(folder: RunFolder): Promise<RunSigns> {
    if (outputBytes(folder) > this.bytes)
      await readBlocks(folder.output, this.bytes, (block) => this.read(block, this.bytes));
    return this.#reader.end();
  }

  #life(): void {
    this.lastEventAt = this.#readAt;
    this.#works();
  }

  #event(event: HarnessEvent): void {
    this.lastEventAt = this.#readAt;
    switch (event.kind) {
      case "text":
        this.hasAnswered = true;
        this.#works();
        return;
      case "tool":
        this.hasAnswered = true;
        this.#works();
        this.#call(event.id ?? event.name, event.phase !== "end");
        return;
      case "file":
        this.#works();
        return;
      case "end":
        this.#works();
        this.#calls.clear();
        this.doneAt = this.lastEventAt;
        return;
      case "error":
        if (!event.final) this.retriesInRow++;
        return;
      case "progress":
        // Who is done may still have something to say about it.
        if (this.doneAt !== undefined) this.doneAt = this.lastEventAt;
        return;
      default:
        return;
    }
  }

  #works(): void {
    this.lastWorkAt = this.lastEventAt;
    this.retriesInRow = 0;
    this.doneAt = undefined;
  }

  #call(id: string, isInProgress: boolean): void {
    if (!isInProgress) this.#calls.delete(id);
    else if (this.#calls.size < MOST_CALLS) this.#calls.add(id);
  }
}

import type { Target } from "../rules/target.ts";
import { compareMessages, type MessageReader, type StoredMessage } from "./read-message.ts";
import { allNames, type NewestNames } from "./recent-names.ts";
import type { Store } from "./store.ts";

/** Gives the messages of one place from the newest back. */
export interface MessageSource {
  /** The id of the next one; undefined at the end. */
  peek(): string | undefined;
  /** Takes the next one; undefined also where its file cannot be read. */
  take(): Promise<StoredMessage | undefined>;
}

/** The files of a box that are named by their ids: each is read when it is taken. */
export class BoxSource implements MessageSource {
  #ids: readonly string[];
  #next: number;
  #reachesBack: boolean;

  /** `before` leaves out ids that are not lower. */
  constructor(
    private readonly store: Store,
    private readonly reader: MessageReader,
    private readonly target: Target,
    names: NewestNames,
    private readonly before: string | undefined,
  ) {
    this.#ids = names.ids;
    this.#next = lastBelow(names.ids, before);
    this.#reachesBack = names.complete;
  }

  peek(): string | undefined {
    if (this.#next < 0 && !this.#reachesBack) this.#reachFurtherBack();
    return this.#ids[this.#next];
  }

  async take(): Promise<StoredMessage | undefined> {
    const id = this.peek();
    this.#next--;
    return id === undefined ? undefined : this.reader.read(this.target, id);
  }

  #reachFurtherBack(): void {
    const oldest = this.#ids[0];
    const isBelow = oldest === undefined || (this.before !== undefined && this.before < oldest);
    this.#ids = allNames(this.store, this.target).ids;
    this.#next = lastBelow(this.#ids, isBelow ? this.before : oldest);
    this.#reachesBack = true;
  }
}

/** Files that are not named by their ids: all are read at once, because only their contents tell where they belong. */
export class StraySource implements MessageSource {
  private constructor(private readonly messages: StoredMessage[]) {}

  static async open(
    reader: MessageReader,
    target: Target,
    names: readonly string[],
    before: string | undefined,
  ): Promise<StraySource> {
    const messages: StoredMessage[] = [];
    for (const name of names) {
      const stored = await reader.read(target, name);
      if (stored && (before === undefined || stored.message.id < before)) messages.push(stored);
    }
    return new StraySource(messages.sort(compareMessages));
  }

  peek(): string | undefined {
    return this.messages.at(-1)?.message.id;
  }

  async take(): Promise<StoredMessage | undefined> {
    return this.messages.pop();
  }
}

/** Where the last id lies that is lower than `before`, in ascending ids; -1 when there is none. */
function lastBelow(ids: readonly string[], before: string | undefined): number {
  if (before === undefined) return ids.length - 1;
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? before) < before) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

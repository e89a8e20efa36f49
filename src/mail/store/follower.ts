import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../rules/target.ts";
import { listBoxes, messageNamesIn } from "./boxes.ts";
import { FolderWatch } from "./folder-watch.ts";
import { makeStoreFolder } from "./folders.ts";
import { compareMessages, lookAt, messagePath, type StoredMessage } from "./read-message.ts";
import { BOX_KINDS, boxFolder, kindFolder, type Store } from "./store.ts";

/** How often folders are looked at for what the system did not tell: seldom where it tells, often where it does not. */
const NET_MS = 1_000;
const POLL_MS = 100;
/** A file that cannot be read may be in the middle of being written; it is given 300 ms. */
const RETRY_MS = 25;
const RETRIES = 12;

/**
 * A box is listed again after so many times as long as the last listing took: a large one, which takes 50 ms, must not keep its
 * follower busy for what the system has told already.
 */
const REST_AFTER_SCAN = 200;

interface Box {
  readonly target: Target;
  readonly folder: FolderWatch;
  /** When it may be listed again for what the system did not tell, in milliseconds of `performance.now`. */
  nextScan: number;
}

/** A file that is to be read, as often as it takes. */
interface Arrival {
  readonly target: Target;
  readonly name: string;
  readonly retriesLeft: number;
}

/** What a follower knows at its start; it keeps the set up to date, so that another one can go on from it. */
interface FollowerStart {
  /** An empty set, to hold the paths of all files that are there. */
  readonly fills?: Set<string>;
  /** Paths of files that are known: every other one is new. */
  readonly goesOnFrom?: Set<string>;
}

/** Delivers messages as they appear in the store, whatever their ids and times are (spec/50 section 7.3). */
export class Follower implements Disposable {
  readonly #boxes = new Map<string, Box>();
  /** The folders in which boxes appear. */
  readonly #parents: readonly FolderWatch[];
  /** Paths of files that were there at the start, or are dealt with since. */
  readonly #seen: Set<string>;
  readonly #arrivals = new Map<string, Arrival>();
  /** Files given up as broken, by path, with the state they were in: they are read again when that changes. */
  readonly #broken = new Map<string, { readonly arrival: Arrival; readonly state: string }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #woken = Promise.withResolvers<void>();

  /** From here on nothing is missed in the boxes that `includes` accepts, also in those that are made later. */
  constructor(
    private readonly store: Store,
    private readonly includes: (target: Target) => boolean,
    { fills, goesOnFrom }: FollowerStart = {},
  ) {
    this.#seen = goesOnFrom ?? fills ?? new Set();
    makeStoreFolder(store);
    const kinds = BOX_KINDS.map(kindFolder);
    this.#parents = [
      new FolderWatch(store.folder, (name) => {
        // Other names there tell of every message that is sent.
        if (name === null || kinds.includes(name)) this.#findBoxes();
      }),
      ...kinds.map((kind) => new FolderWatch(join(store.folder, kind), () => this.#findBoxes())),
    ];
    for (const box of this.#newBoxes()) {
      if (goesOnFrom) this.#scan(box);
      else
        for (const name of messageNamesIn(store, box.target)) this.#seen.add(messagePath(box.target, name));
    }
    this.#scheduleLook();
  }

  /** Takes a message that the caller got in another way out of what is delivered. False when it was delivered already. */
  skip({ path }: StoredMessage): boolean {
    if (this.#seen.has(path)) return false;
    this.#seen.add(path);
    this.#arrivals.delete(path);
    return true;
  }

  /** Whether the message at a path will not be delivered any more. */
  hasSeen(path: string): boolean {
    return this.#seen.has(path);
  }

  /** Looks at all boxes, whether the system has told of a change or not. */
  lookNow(): void {
    this.#findBoxes();
    for (const box of this.#boxes.values()) this.#scan(box);
  }

  /** Whether there are files that were not delivered yet, because nobody asked or because they are not whole. */
  get hasMore(): boolean {
    return this.#arrivals.size > 0;
  }

  /** Waits for new messages and gives those that are there, by id; nothing once the signal is given. */
  async next(signal: AbortSignal): Promise<StoredMessage[]> {
    const stop = () => this.#woken.resolve();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        const messages = this.#readArrivals();
        if (messages.length > 0) return messages;
        await this.#rest();
      }
      return [];
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const folder of this.#folders()) folder[Symbol.dispose]();
  }

  *#folders(): Generator<FolderWatch> {
    yield* this.#parents;
    for (const { folder } of this.#boxes.values()) yield folder;
  }

  async #rest(): Promise<void> {
    this.#woken = Promise.withResolvers();
    const retry = this.#arrivals.size === 0 ? undefined : setTimeout(this.#woken.resolve, RETRY_MS);
    await this.#woken.promise;
    clearTimeout(retry);
  }

  #findBoxes(): void {
    for (const box of this.#newBoxes()) this.#scan(box);
  }

  /** Boxes that were not there before. Each folder is watched before it is listed, so that nothing falls in between. */
  #newBoxes(): Box[] {
    for (const parent of this.#parents) parent.hasChanged(this.store.now());
    const found = BOX_KINDS.flatMap((kind) => listBoxes(this.store, kind)).filter(this.includes);
    return found.flatMap((target) => {
      const path = boxFolder(this.store, target);
      if (this.#boxes.has(path)) return [];
      const folder = new FolderWatch(path, (file) => this.#fileChanged(box, file));
      const box: Box = { target, folder, nextScan: 0 };
      this.#boxes.set(path, box);
      return [box];
    });
  }

  #fileChanged(box: Box, file: string | null): void {
    if (file === null) this.#scan(box);
    if (!file?.endsWith(".json")) return;
    const name = file.slice(0, -".json".length);
    const broken = this.#broken.get(messagePath(box.target, name));
    if (broken) this.#tryAgain(broken.arrival);
    else this.#arrived(box.target, name);
  }

  #scan(box: Box): void {
    const start = performance.now();
    for (const name of messageNamesIn(this.store, box.target)) this.#arrived(box.target, name);
    const end = performance.now();
    box.nextScan = end + (end - start) * REST_AFTER_SCAN;
  }

  #arrived(target: Target, name: string): void {
    const path = messagePath(target, name);
    if (this.#seen.has(path) || this.#arrivals.has(path)) return;
    this.#arrivals.set(path, { target, name, retriesLeft: RETRIES });
    this.#woken.resolve();
  }

  #readArrivals(): StoredMessage[] {
    const messages: StoredMessage[] = [];
    for (const [path, arrival] of this.#arrivals) {
      const look = lookAt(this.store, arrival.target, arrival.name);
      if (look.kind === "broken" && look.young && arrival.retriesLeft > 0) {
        this.#arrivals.set(path, { ...arrival, retriesLeft: arrival.retriesLeft - 1 });
        continue;
      }
      this.#arrivals.delete(path);
      if (look.kind === "none") continue;
      this.#seen.add(path);
      if (look.kind === "message") messages.push(look.stored);
      else this.#giveUp(path, arrival, look.reason);
    }
    return messages.sort(compareMessages);
  }

  #giveUp(path: string, arrival: Arrival, reason: string): void {
    this.store.skipped("message", path, reason);
    this.#broken.set(path, { arrival, state: this.#stateOf(path) });
  }

  #stateOf(path: string): string {
    const state = lstatSync(join(this.store.folder, path), { throwIfNoEntry: false });
    return `${state?.mtimeMs} ${state?.size}`;
  }

  #scheduleLook(): void {
    const isLive = [...this.#folders()].every((folder) => folder.isLive);
    this.#timer = setTimeout(() => this.#lookAgain(), isLive ? NET_MS : POLL_MS);
  }

  /** The net below the events of the system. */
  #lookAgain(): void {
    const now = this.store.now();
    if (this.#parents.map((parent) => parent.hasChanged(now)).includes(true)) this.#findBoxes();
    for (const box of this.#boxes.values())
      if (performance.now() >= box.nextScan && box.folder.hasChanged(now)) this.#scan(box);
    for (const [path, { arrival, state }] of this.#broken) {
      if (this.#stateOf(path) !== state) this.#tryAgain(arrival);
    }
    this.#scheduleLook();
  }

  #tryAgain({ target, name }: Arrival): void {
    const path = messagePath(target, name);
    this.#broken.delete(path);
    this.#seen.delete(path);
    this.#arrived(target, name);
  }
}

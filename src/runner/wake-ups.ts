import type { LoopId } from "../core/ids.ts";
import { type Db, dataVersion } from "../store/database.ts";

/** How often the database is asked whether another process has changed it; costs microseconds. */
const NET_MS = 250;

type Look = () => void;

/**
 * Tells loops to look again: at once when somebody pokes, else when another process has written to the database. One for
 * all loops of a process. A poke says that there may be something, never what: the database is the truth.
 */
export class WakeUps implements Disposable {
  readonly #db: Db;
  readonly #byLoop = new Map<LoopId, Set<Look>>();
  readonly #forSlots = new Set<Look>();
  readonly #forTurns = new Set<Look>();
  #timer: Timer | undefined;
  #version = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Calls `look` whenever the loop's queue or row may have changed. */
  subscribe(loopId: LoopId, look: Look): Disposable {
    const looks = this.#byLoop.get(loopId) ?? new Set();
    this.#byLoop.set(loopId, looks.add(look));
    return this.#subscribed(() => {
      looks.delete(look);
      if (looks.size === 0) this.#byLoop.delete(loopId);
    });
  }

  /** Calls `look` whenever a slot of some profile may have become free. */
  subscribeToSlots(look: Look): Disposable {
    this.#forSlots.add(look);
    return this.#subscribed(() => this.#forSlots.delete(look));
  }

  /** Calls `look` whenever a loop that has waited for a slot has one. */
  subscribeToTurns(look: Look): Disposable {
    this.#forTurns.add(look);
    return { [Symbol.dispose]: () => this.#forTurns.delete(look) };
  }

  /** Wakes some loops, or all. */
  poke(loopIds: Iterable<LoopId> = [...this.#byLoop.keys()]): void {
    for (const loopId of loopIds) for (const look of this.#byLoop.get(loopId) ?? []) look();
  }

  /** A run of this process has ended. */
  slotFreed(): void {
    for (const look of this.#forSlots) look();
  }

  /** A loop that has waited has its slot: it is the next one's turn. */
  turnTaken(): void {
    for (const look of this.#forTurns) look();
  }

  [Symbol.dispose](): void {
    this.#byLoop.clear();
    this.#forSlots.clear();
    this.#stopWhenUnused();
  }

  #subscribed(unsubscribe: () => void): Disposable {
    this.#start();
    return {
      [Symbol.dispose]: () => {
        unsubscribe();
        this.#stopWhenUnused();
      },
    };
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#version = this.#currentVersion();
    this.#timer = setInterval(() => this.#lookAtDatabase(), NET_MS);
  }

  #stopWhenUnused(): void {
    if (this.#byLoop.size > 0 || this.#forSlots.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #lookAtDatabase(): void {
    const version = this.#currentVersion();
    if (version === this.#version) return;
    this.#version = version;
    this.poke();
    this.slotFreed();
  }

  /** A file that cannot be read just now counts as changed: who looks finds out. */
  #currentVersion(): number {
    try {
      return dataVersion(this.#db);
    } catch {
      return this.#version + 1;
    }
  }
}

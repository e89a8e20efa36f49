import type { Event } from "../core/event.ts";
import { eventJson } from "../core/event.ts";

/** Events that are remembered for readers that come late (spec/10 section 16). */
const REMEMBERED = 10_000;

/** An event with its number; numbers start at 1 with each supervisor. */
export interface NumberedEvent {
  readonly seq: number;
  readonly event: Event;
}

/** Which events a reader wants; nothing given means all. */
export interface EventFilter {
  readonly types?: ReadonlySet<string> | undefined;
  readonly loopId?: string | undefined;
}

export const matches = ({ types, loopId }: EventFilter, { type, metadata }: Event): boolean =>
  (types === undefined || types.has(type)) && (loopId === undefined || metadata?.loop_id === loopId);

/** An event as it is sent. */
export const numberedEventJson = ({ seq, event }: NumberedEvent) => ({ ...eventJson(event), seq });

/**
 * The events of this supervisor's life in their order, the newest of them kept. Readers hold a place in it and no copy, so
 * that a slow one costs nothing.
 */
export class EventFeed {
  readonly #events: NumberedEvent[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #remembered: number;
  #last = 0;

  constructor(remembered = REMEMBERED) {
    this.#remembered = remembered;
  }

  /** The number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The number of the oldest event that is still known. */
  get oldest(): number {
    return this.#last - this.#events.length + 1;
  }

  publish(event: Event): void {
    this.#last++;
    this.#events.push({ seq: this.#last, event });
    // Twice the number is kept before the older half goes: removing one by one would move all others each time.
    if (this.#events.length >= 2 * this.#remembered) this.#events.splice(0, this.#remembered);
    for (const listener of this.#listeners) listener();
  }

  /** The events behind a number, in order, at most so many. */
  after(seq: number, limit: number): readonly NumberedEvent[] {
    const start = Math.max(0, seq + 1 - this.oldest);
    return this.#events.slice(start, start + limit);
  }

  /** Calls `listener` after each event that is published. */
  subscribe(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}

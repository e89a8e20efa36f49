import type { Event, EventDraft } from "../core/event.ts";
import { type EventId, type LoopId, newId } from "../core/ids.ts";
import type { Loop, LoopState } from "../core/loop.ts";
import { logGrown, loopStateChanged, queueChanged } from "../core/loop-events.ts";
import type { Clock } from "../core/time.ts";
import type { RunnerObserver } from "../runner/deps.ts";
import type { Db } from "../store/database.ts";
import { lastEventRow, listEventsAfterRow } from "../store/events.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { countPending } from "../store/loop-queue.ts";
import { findLoop } from "../store/loops.ts";
import type { EventFeed } from "./event-feed.ts";

/** A log that grows all the time is told of so often at most. */
const LOG_GROWN_EVERY_MS = 100;
const PAGE = 500;

/**
 * Fills the feed: with every event that is stored, by whatever process, and with what only this process sees. Stored events
 * are read where they were written, so that the stream and the table tell the same.
 */
export class EventSources {
  readonly #db: Db;
  readonly #feed: EventFeed;
  readonly #now: Clock;
  #row: number;
  #pumpPlanned = false;
  readonly #growing = new Map<LoopId, { path: string; size: number }>();
  readonly #pending = new Map<LoopId, number>();

  constructor(db: Db, feed: EventFeed, now: Clock) {
    this.#db = db;
    this.#feed = feed;
    this.#now = now;
    this.#row = lastEventRow(db);
  }

  /** What runners tell while they work. It comes from inside of transactions, so it is looked at after them. */
  readonly observer: RunnerObserver = {
    stateChanged: (loop, oldState) => this.#afterCommit(() => this.#stateChanged(loop, oldState)),
    runStarted: () => this.#pumpSoon(),
    runFinished: ({ loopId }) => this.#afterCommit(() => this.lookAtQueue(loopId)),
    logGrown: (loop, path, size) => this.#logGrown(loop, path, size),
  };

  /** Publishes what was stored since the last time. */
  pump(): void {
    for (;;) {
      const stored = listEventsAfterRow(this.#db, this.#row, PAGE);
      for (const { row, event } of stored) {
        this.#row = row;
        this.#feed.publish(event);
      }
      if (stored.length === 0) this.#row = Math.min(this.#row, lastEventRow(this.#db)); // Rows were removed.
      if (stored.length < PAGE) return;
    }
  }

  /** Tells of a queue that has another number of waiting items than the last time. */
  lookAtQueue(id: string): void {
    // Ids come as text from the socket; whether there is such a loop is looked up.
    const loopId = id as LoopId;
    const loop = findLoop(this.#db, loopId);
    const pending = loop && countPending(this.#db, loopId);
    const before = this.#pending.get(loopId) ?? 0;
    if (pending === undefined) this.#pending.delete(loopId);
    else this.#pending.set(loopId, pending);
    if (loop && pending !== undefined && pending !== before) this.#tell(queueChanged(loop, pending));
  }

  #stateChanged(loop: Loop, oldState: LoopState): void {
    const wait = findLoopRuntime(this.#db, loop.id)?.wait;
    const change = { oldState, newState: loop.state, waitKind: wait?.kind, waitUntil: wait?.until };
    this.#tell(loopStateChanged(loop, change));
    this.lookAtQueue(loop.id);
  }

  #logGrown(loop: Loop, path: string, size: number): void {
    const isPlanned = this.#growing.has(loop.id);
    this.#growing.set(loop.id, { path, size });
    if (isPlanned) return;
    setTimeout(() => {
      const grown = this.#growing.get(loop.id);
      this.#growing.delete(loop.id);
      if (grown) this.#tell(logGrown(loop, grown.path, grown.size));
    }, LOG_GROWN_EVERY_MS);
  }

  #afterCommit(tell: () => void): void {
    queueMicrotask(() => {
      this.pump();
      tell();
    });
  }

  #pumpSoon(): void {
    if (this.#pumpPlanned) return;
    this.#pumpPlanned = true;
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      this.pump();
    });
  }

  #tell(draft: EventDraft): void {
    const payloadJson = draft.payload && JSON.stringify(draft.payload);
    const event: Event = { ...draft, id: newId<EventId>(), timestamp: this.#now(), payloadJson };
    this.#feed.publish(event);
  }
}

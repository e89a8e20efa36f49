import { type EventFeed, type EventFilter, matches, type NumberedEvent } from "./event-feed.ts";

/** A reader that is further behind is told that it has missed something (spec/10 section 16). */
const FARTHEST_BEHIND = 1000;
/** Events that are handed over at once. */
const BATCH = 100;

/** What a reader gets next: events, or how many it has missed; then it has to read the database again. */
export type Reading =
  | { readonly events: readonly NumberedEvent[]; readonly missed?: undefined }
  | { readonly missed: number; readonly events?: undefined };

/** One reader's place in the feed. */
export class EventReader {
  readonly #feed: EventFeed;
  readonly #filter: EventFilter;
  /** The number of the last event that was looked at. */
  #at: number;
  /** Up to here a late reader catches up, however far that is. */
  readonly #replayedTo: number;
  /** Set when the place that the reader asked for is not known. */
  #lostBefore: number | undefined;

  /** `since`: goes on behind the event with this number; without it only what comes from now on is read. */
  constructor(feed: EventFeed, filter: EventFilter, since?: number) {
    this.#feed = feed;
    this.#filter = filter;
    this.#replayedTo = feed.last;
    this.#at = Math.min(since ?? feed.last, feed.last);
    // Numbers above the newest are those of an earlier supervisor.
    if (since !== undefined && since > feed.last) this.#lostBefore = 0;
  }

  /** The next reading; undefined when there is nothing new. */
  next(): Reading | undefined {
    const missed = this.#missed();
    if (missed !== undefined) return { missed };
    while (this.#at < this.#feed.last) {
      const batch = this.#feed.after(this.#at, BATCH);
      this.#at = batch.at(-1)?.seq ?? this.#feed.last;
      const events = batch.filter(({ event }) => matches(this.#filter, event));
      if (events.length > 0) return { events };
    }
    return undefined;
  }

  /** How many events the reader will never get, when there is reason to say so; its place moves behind them. */
  #missed(): number | undefined {
    const unknown = this.#lostBefore;
    if (unknown !== undefined) {
      this.#lostBefore = undefined;
      return unknown;
    }
    const { oldest, last } = this.#feed;
    if (this.#at < oldest - 1) return this.#skipTo(oldest - 1, oldest - 1 - this.#at);
    if (this.#at < this.#replayedTo || last - this.#at <= FARTHEST_BEHIND) return undefined;
    const skipped = this.#feed.after(this.#at, last - this.#at);
    const missed = skipped.filter(({ event }) => matches(this.#filter, event)).length;
    const known = this.#skipTo(last, missed);
    return known === 0 ? undefined : known;
  }

  #skipTo(seq: number, missed: number): number {
    this.#at = seq;
    return missed;
  }
}

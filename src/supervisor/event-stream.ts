import type { EventFeed, EventFilter, NumberedEvent } from "./event-feed.ts";
import { numberedEventJson } from "./event-feed.ts";
import { EventReader } from "./event-reader.ts";

/** Tells clients and what lies between that the stream lives. */
const PING_EVERY_MS = 15_000;

export interface StreamRequest {
  readonly filter: EventFilter;
  readonly since?: number | undefined;
}

/**
 * The body of `GET /v1/events`: server-sent events. Bytes are made only when the client has taken the last ones, so a client
 * that does not read holds nothing but its place.
 */
export function eventStream(
  feed: EventFeed,
  { filter, since }: StreamRequest,
  onClose: () => void,
): ReadableStream<Uint8Array> {
  const reader = new EventReader(feed, filter, since);
  const encoder = new TextEncoder();
  let subscription: Disposable | undefined;
  let pings: Timer | undefined;
  const send = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    while ((controller.desiredSize ?? 0) > 0) {
      const reading = reader.next();
      if (reading === undefined) return;
      controller.enqueue(
        encoder.encode(
          reading.events ? reading.events.map(eventText).join("") : overflowText(reading.missed),
        ),
      );
    }
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // Headers reach the client with the first bytes only.
      controller.enqueue(encoder.encode(": forged\n\n"));
      subscription = feed.subscribe(() => send(controller));
      pings = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(": ping\n\n"));
      }, PING_EVERY_MS);
    },
    pull: send,
    cancel() {
      subscription?.[Symbol.dispose]();
      clearInterval(pings);
      onClose();
    },
  });
}

const eventText = (numbered: NumberedEvent): string =>
  `id: ${numbered.seq}\nevent: ${numbered.event.type}\ndata: ${JSON.stringify(numberedEventJson(numbered))}\n\n`;

const overflowText = (missed: number): string => `event: overflow\ndata: ${JSON.stringify({ missed })}\n\n`;

import type { Instant } from "../../core/time.ts";
import { readJsonObject, textField } from "./json-object.ts";
import { jsonText, type Writable } from "./json-text.ts";
import { idTime, isMessageId, secondOf } from "./message-id.ts";
import { isName } from "./names.ts";
import { type Target, targetText } from "./target.ts";

/** How far an agent has read (spec/50 section 7.12). */
export interface ReadMarker {
  /** The id read last, by target: `@me`, `task`. */
  readonly last: ReadonlyMap<string, string>;
  /** Ids that were read, as far back as one may still arrive late. */
  readonly recent: ReadonlySet<string>;
}

export const NOTHING_READ: ReadMarker = { last: new Map(), recent: new Set() };

/** A message may arrive so long after others with higher ids: clocks of hosts differ. */
const LATE_MS = 600_000;

/** What no unread message of a target can be lower than; undefined when all may be unread. */
export function unreadFrom(marker: ReadMarker, target: Target): string | undefined {
  const last = marker.last.get(targetText(target));
  return last === undefined ? undefined : `${secondOf((idTime(last) ?? 0) - LATE_MS)}-`;
}

export function isUnread(marker: ReadMarker, target: Target, id: string): boolean {
  return !marker.recent.has(id) && id > (unreadFrom(marker, target) ?? "");
}

/** What happened to the unread messages of one target. */
export interface Reading {
  readonly target: Target;
  /** Ids of messages that were shown. */
  readonly read: readonly string[];
  /** Ids of unread messages that were not. */
  readonly left: readonly string[];
}

/**
 * The marker after a reading. It passes no message that was not shown, and does not follow a message that is dated in the
 * future, or all mail until then would count as read: what was shown above the marker is in `recent` only.
 */
export function markRead(marker: ReadMarker, readings: readonly Reading[], now: Instant): ReadMarker {
  const last = new Map(marker.last);
  const recent = new Set(marker.recent);
  for (const { target, read, left } of readings) {
    const key = targetText(target);
    const before = last.get(key) ?? "";
    const end = [`${secondOf(now + LATE_MS)}-`, ...left.filter((id) => id > before)].sort()[0] ?? "";
    const newest =
      read
        .filter((id) => isMessageId(id) && id < end)
        .sort()
        .at(-1) ?? "";
    if (newest > before) last.set(key, newest);
    for (const id of read) recent.add(id);
  }
  return { last, recent: new Set([...recent].filter((id) => isNeeded(id, last)).sort()) };
}

/** A reading that may have to be taken back. */
export interface TakenReading extends Reading {
  /** The marker of the target before it. */
  readonly before?: string | undefined;
}

/** The marker without a reading. It goes back to where it was: some mail may then be shown twice, and none is lost. */
export function markUnread(marker: ReadMarker, readings: readonly TakenReading[]): ReadMarker {
  const last = new Map(marker.last);
  const recent = new Set(marker.recent);
  for (const { target, read, before } of readings) {
    const key = targetText(target);
    for (const id of read) recent.delete(id);
    const now = last.get(key);
    if (read.length === 0 || now === undefined || now === before) continue;
    if (before === undefined) last.delete(key);
    else last.set(key, before);
  }
  return { last, recent };
}

/** Whether only `recent` tells an id from one that is unread: above the markers, or so near below that it may come late. */
function isNeeded(id: string, last: ReadonlyMap<string, string>): boolean {
  const markers = [...last.values()];
  return (
    markers.every((marker) => id > marker) ||
    markers.some((marker) => id <= marker && (idTime(id) ?? 0) >= (idTime(marker) ?? 0) - LATE_MS)
  );
}

export function markerText(marker: ReadMarker, self: string, updated: string): string {
  const fields = new Map<string, Writable>([["agent", self]]);
  const dm = marker.last.get(`@${self}`);
  if (dm !== undefined) fields.set("dm", dm);
  const topics = [...marker.last].filter(([key]) => !key.startsWith("@")).sort();
  fields.set("topics", new Map(topics));
  fields.set("recent", [...marker.recent]);
  fields.set("updated", updated);
  return jsonText(fields);
}

/** Reads a marker file. Throws an Error whose message says what is wrong with it. */
export function parseMarker(text: string, self: string): ReadMarker {
  const fields = readJsonObject(text);
  const dm = textField(fields, "dm");
  const topics = Object.entries(fields.topics ?? {}).filter(
    ([name, id]) => isName(name) && typeof id === "string",
  );
  const recent = Array.isArray(fields.recent) ? fields.recent : [];
  return {
    last: new Map([...(dm === undefined ? [] : [[`@${self}`, dm] as const]), ...topics]),
    recent: new Set(recent.filter((id) => typeof id === "string")),
  };
}

import { join } from "node:path";
import { formatTimeMillis } from "../../core/time.ts";
import {
  markerText,
  markRead,
  markUnread,
  NOTHING_READ,
  parseMarker,
  type Reading,
  type ReadMarker,
  type TakenReading,
} from "../rules/read-marker.ts";
import { folderState, makeInnerFolder } from "./folders.ts";
import { withLock } from "./lock.ts";
import { readRegularFile } from "./read-file.ts";
import type { Store } from "./store.ts";
import { replaceFile } from "./write-file.ts";

const FILE_MODE = 0o600;

const folderOf = (store: Store): string => join(store.folder, "read");
const pathOf = (store: Store, self: string): string => join(folderOf(store), `${self}.json`);

/** How far an agent has read. Where that cannot be told, everything is unread: better shown twice than never. */
export function readMarkerOf(store: Store, self: string): ReadMarker {
  try {
    const file = folderState(folderOf(store)) && readRegularFile(pathOf(store, self));
    return file ? parseMarker(file.text, self) : NOTHING_READ;
  } catch {
    return NOTHING_READ;
  }
}

/** Remembers what an agent has read, on top of what it may have read meanwhile elsewhere. */
export const rememberReading = (store: Store, self: string, readings: readonly Reading[]): Promise<void> =>
  changeMarker(store, self, (marker) => markRead(marker, readings, store.now()));

/** Takes back what `rememberReading` has remembered: nobody has seen it after all. */
export const forgetReading = (store: Store, self: string, readings: readonly TakenReading[]): Promise<void> =>
  changeMarker(store, self, (marker) => markUnread(marker, readings));

const changeMarker = (
  store: Store,
  self: string,
  change: (marker: ReadMarker) => ReadMarker,
): Promise<void> =>
  withLock(store, () => {
    makeInnerFolder(store, folderOf(store), "private");
    const marker = change(readMarkerOf(store, self));
    const text = markerText(marker, self, formatTimeMillis(store.now()));
    replaceFile(store, pathOf(store, self), text, FILE_MODE);
  });

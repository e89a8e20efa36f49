import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMessageId } from "../rules/message-id.ts";
import { isName } from "../rules/names.ts";
import type { Target } from "../rules/target.ts";
import { entriesIn, folderState, namesIn } from "./folders.ts";
import { BOX_KINDS, boxFolder, kindFolder, type Store } from "./store.ts";

/** Boxes of a kind by name; folders that are named otherwise, and what is no folder, are none (spec/50 section 5.2). */
export function listBoxes(store: Store, kind: Target["kind"]): Target[] {
  const folder = join(store.folder, kindFolder(kind));
  if (!folderState(folder)) return [];
  return entriesIn(folder)
    .map(({ name }) => name)
    .filter((name) => isName(name) && folderState(join(folder, name)))
    .sort()
    .map((name) => ({ kind, name }));
}

/** All topics, then all boxes of agents. */
export const listAllBoxes = (store: Store): Target[] => BOX_KINDS.flatMap((kind) => listBoxes(store, kind));

/** The boxes that hold a message file of this id; none for a text that is no id, which may come from anywhere. */
export function boxesWith(store: Store, id: string): Target[] {
  if (!isMessageId(id)) return [];
  return listAllBoxes(store).filter((target) => existsSync(join(boxFolder(store, target), `${id}.json`)));
}

/**
 * The names of a box's message files without `.json`, in ascending order; empty where there is no box. The order is that of
 * the messages for every name that is an id, so the newest are found without reading a file.
 */
export function listNames(store: Store, target: Target): string[] {
  const folder = boxFolder(store, target);
  if (!isBox(store, target)) return [];
  return entriesIn(folder)
    .filter((entry) => entry.name.endsWith(".json") && !isOther(entry))
    .map((entry) => entry.name.slice(0, -".json".length))
    .sort();
}

/**
 * As `listNames` in a third of the time, in no order, and what is behind a name is not looked at: it may be no message. Where
 * only a few of many names will be read.
 */
export function messageNamesIn(store: Store, target: Target): string[] {
  if (!isBox(store, target)) return [];
  return namesIn(boxFolder(store, target))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
}

/** Whether the folder of a box is there, and neither it nor the one above is a link to elsewhere. */
export const isBox = (store: Store, target: Target): boolean =>
  folderState(join(store.folder, kindFolder(target.kind))) !== undefined &&
  folderState(boxFolder(store, target)) !== undefined;

interface EntryKind {
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

/** Known not to be a regular file. Some file systems do not tell: the reader looks again when it opens the file. */
const isOther = (entry: EntryKind): boolean =>
  entry.isDirectory() || entry.isSymbolicLink() || entry.isFIFO() || entry.isSocket();

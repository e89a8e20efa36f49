import { lstatSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { isMessageId } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { isBox, listNames } from "./boxes.ts";
import { folderState, makeInnerFolder } from "./folders.ts";
import { boxFolder, kindFolder, type Store } from "./store.ts";
import { replaceFile } from "./write-file.ts";

/**
 * Listing a folder of 100,000 files takes 20 ms in the kernel alone, four times as long as the rest of `fmail log`. So the
 * newest names of large boxes are remembered in `.recent/`, together with the folder's time of modification, by which every
 * reader sees whether they still hold. Losing these files loses nothing.
 */
interface Remembered {
  /** Modification time of the box's folder in nanoseconds. */
  readonly stamp: string;
  /** When the whole folder was last listed. */
  readonly listedAt: number;
  /** Files in the box. */
  readonly count: number;
  /** The newest names that are ids, ascending. */
  readonly names: readonly string[];
  /** All names that are no ids. */
  readonly others: readonly string[];
}

/** Smaller boxes are listed in less than a millisecond. */
const LARGE = 1_000;
const REMEMBERED = 500;
/** File systems count time in steps of up to 10 ms: a folder that changed just now may change again unseen. */
const SETTLED_MS = 50;
/**
 * A writer that knows nothing of this file can slip in between a sender's look at the folder and its mark on it, some 0.1 ms.
 * Listing all names now and then bounds how long such a message could stay out of sight.
 */
const LISTED_AGAIN_AFTER_MS = 600_000;

/** Names of the message files of a box, ascending, as far back as they are at hand. */
export interface NewestNames {
  readonly ids: readonly string[];
  /** Names that are no ids: only the file tells where the message belongs. */
  readonly others: readonly string[];
  /** Files in the box. */
  readonly count: number;
  /** Whether `ids` holds all of them. */
  readonly complete: boolean;
}

const NOTHING: NewestNames = { ids: [], others: [], count: 0, complete: true };

/** The newest names of a box: those that are remembered, or all of them. */
export function newestNames(store: Store, target: Target): NewestNames {
  if (!isBox(store, target)) return NOTHING;
  const remembered = recall(store, target);
  if (remembered) return { ...remembered, ids: remembered.names, complete: false };
  return listAndRemember(store, target);
}

/** All names of a box. */
export function allNames(store: Store, target: Target): NewestNames {
  const names = listNames(store, target);
  const ids = names.filter(isMessageId);
  const others = ids.length === names.length ? [] : names.filter((name) => !isMessageId(name));
  return { ids, others, count: names.length, complete: true };
}

function listAndRemember(store: Store, target: Target): NewestNames {
  const stamp = stampOf(store, target);
  const all = allNames(store, target);
  const others = all.others.length;
  const isSettled = store.now() - Number(stamp / 1_000_000n) > SETTLED_MS && stampOf(store, target) === stamp;
  if (isSettled && all.count >= LARGE && others < REMEMBERED) {
    remember(store, target, {
      stamp: String(stamp),
      listedAt: store.now(),
      count: all.count,
      names: all.ids.slice(-REMEMBERED),
      others: all.others,
    });
  }
  return all;
}

/**
 * Called by a sender that holds the lock, before it adds a file to a box; the answer is to be called with the name that was
 * added, and carries what is remembered over the change.
 */
export function expectName(store: Store, target: Target): (name: string) => void {
  const remembered = recall(store, target);
  if (!remembered) return () => {};
  return (name) => {
    const names = [...remembered.names, name].sort().slice(-REMEMBERED);
    remember(store, target, {
      ...remembered,
      stamp: mark(store, target),
      count: remembered.count + 1,
      names,
    });
  };
}

/** Gives the folder a time that no later change, not even one in the same instant, gives it again. */
function mark(store: Store, target: Target): string {
  const folder = boxFolder(store, target);
  const seconds = store.now() / 1000 + store.random() / 1000;
  utimesSync(folder, seconds, seconds);
  return String(lstatSync(folder, { bigint: true }).mtimeNs);
}

const stampOf = (store: Store, target: Target): bigint =>
  folderState(boxFolder(store, target))?.mtimeNs ?? 0n;

const pathOf = (store: Store, { kind, name }: Target): string =>
  join(store.folder, ".recent", `${kindFolder(kind)}.${name}.json`);

/** What is remembered of a box, if it still holds. */
function recall(store: Store, target: Target): Remembered | undefined {
  try {
    // Written by this file only; whatever else lies there fails one of the checks below or gives names that are not found.
    const remembered = JSON.parse(readFileSync(pathOf(store, target), "utf8")) as Remembered;
    const age = store.now() - remembered.listedAt;
    const isCurrent = remembered.stamp === String(stampOf(store, target));
    return isCurrent && age >= 0 && age < LISTED_AGAIN_AFTER_MS ? remembered : undefined;
  } catch {
    return undefined;
  }
}

function remember(store: Store, target: Target, remembered: Remembered): void {
  try {
    makeInnerFolder(store, join(store.folder, ".recent"), "private");
    replaceFile(store, pathOf(store, target), JSON.stringify(remembered), 0o600);
  } catch {
    // A store that cannot be written is read in full each time.
  }
}

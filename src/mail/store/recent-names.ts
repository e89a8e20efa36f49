import { readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { isMessageId } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { isBox, listNames } from "./boxes.ts";
import { folderState, isSettled, makeInnerFolder } from "./folders.ts";
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
  return rememberedNames(store, target) ?? listAndRemember(store, target);
}

/** The newest names of a large box, if they are remembered. */
export function rememberedNames(store: Store, target: Target): NewestNames | undefined {
  const remembered = recall(store, target);
  return remembered && { ...remembered, ids: remembered.names, complete: false };
}

/** All names of a box. */
export function allNames(store: Store, target: Target): NewestNames {
  const names = listNames(store, target);
  const ids = names.filter(isMessageId);
  const others = ids.length === names.length ? [] : names.filter((name) => !isMessageId(name));
  return { ids, others, count: names.length, complete: true };
}

function listAndRemember(store: Store, target: Target): NewestNames {
  const before = folderState(boxFolder(store, target));
  const all = allNames(store, target);
  const isExact =
    before && isSettled(before, store.now()) && stampOf(store, target) === String(before.mtimeNs);
  if (isExact && all.count >= LARGE && all.others.length < REMEMBERED) {
    remember(store, target, {
      stamp: String(before.mtimeNs),
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
  const seconds = store.now() / 1000 + store.random() / 1000;
  utimesSync(boxFolder(store, target), seconds, seconds);
  return stampOf(store, target);
}

const stampOf = (store: Store, target: Target): string =>
  String(folderState(boxFolder(store, target))?.mtimeNs);

const pathOf = (store: Store, { kind, name }: Target): string =>
  join(store.folder, ".recent", `${kindFolder(kind)}.${name}.json`);

/** What is remembered of a box, if it still holds. */
function recall(store: Store, target: Target): Remembered | undefined {
  try {
    const remembered: unknown = JSON.parse(readFileSync(pathOf(store, target), "utf8"));
    if (!isRemembered(remembered) || remembered.stamp !== stampOf(store, target)) return undefined;
    const age = store.now() - remembered.listedAt;
    return age >= 0 && age < LISTED_AGAIN_AFTER_MS ? remembered : undefined;
  } catch {
    return undefined;
  }
}

/** Names become parts of paths, so the file is not believed blindly. */
function isRemembered(value: unknown): value is Remembered {
  const { stamp, listedAt, count, names, others } = value as Partial<Record<keyof Remembered, unknown>>;
  return (
    typeof stamp === "string" &&
    typeof listedAt === "number" &&
    typeof count === "number" &&
    Array.isArray(names) &&
    names.every((name) => typeof name === "string" && isMessageId(name)) &&
    Array.isArray(others) &&
    others.every((name) => typeof name === "string" && !name.includes("/"))
  );
}

function remember(store: Store, target: Target, remembered: Remembered): void {
  try {
    makeInnerFolder(store, join(store.folder, ".recent"), "private");
    replaceFile(store, pathOf(store, target), JSON.stringify(remembered), 0o600);
  } catch {
    // A store that cannot be written is read in full each time.
  }
}

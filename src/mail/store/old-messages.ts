import { lstatSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Instant } from "../../core/time.ts";
import { idTime } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { errorCode } from "../system-error.ts";
import { listAllBoxes, listNames } from "./boxes.ts";
import { messagePath } from "./read-message.ts";
import type { Store } from "./store.ts";

/**
 * Paths, relative to the store, of message files strictly older than a moment, by the id in their name, else by their
 * modification time: those of topics first, in the order of their names (spec/50 section 7.8). Contents do not matter.
 */
export const findOldMessages = (store: Store, before: Instant): string[] =>
  listAllBoxes(store).flatMap((target) =>
    listNames(store, target)
      .filter((name) => (writtenAt(store, target, name) ?? before) < before)
      .map((name) => messagePath(target, name)),
  );

function writtenAt(store: Store, target: Target, name: string): Instant | undefined {
  const path = join(store.folder, messagePath(target, name));
  return idTime(name) ?? lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** Removes a file of the store; one that somebody else removed meanwhile is as good. */
export function removeFile(store: Store, path: string): void {
  try {
    unlinkSync(join(store.folder, path));
  } catch (thrown) {
    if (errorCode(thrown) !== "ENOENT") throw thrown;
  }
}

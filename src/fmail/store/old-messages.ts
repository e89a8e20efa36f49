import { lstatSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Instant } from "../../core/time.ts";
import { idTime } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { errorCode } from "../system-error.ts";
import { listAllBoxes, listNames } from "./boxes.ts";
import { messagePath } from "./read-message.ts";
import type { Store } from "./store.ts";

/** A message file that is old enough to go. */
export interface OldMessage {
  /** Relative to the store. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Message files strictly older than a moment, by the id in their name, else by their modification time: those of topics
 * first, in the order of their names (spec/50 section 7.8). Their contents do not matter.
 */
export const findOldMessages = (store: Store, before: Instant): OldMessage[] =>
  listAllBoxes(store).flatMap((target) => oldMessagesIn(store, target, before));

function oldMessagesIn(store: Store, target: Target, before: Instant): OldMessage[] {
  return listNames(store, target).flatMap((name) => {
    const path = messagePath(target, name);
    const writtenAt = idTime(name);
    if (writtenAt !== undefined && writtenAt >= before) return [];
    const state = lstatSync(join(store.folder, path), { throwIfNoEntry: false });
    if (state === undefined || (writtenAt ?? state.mtimeMs) >= before) return [];
    return [{ path, bytes: state.size }];
  });
}

/** Removes a file of the store; one that somebody else removed meanwhile is as good. */
export function removeFile(store: Store, path: string): void {
  try {
    unlinkSync(join(store.folder, path));
  } catch (thrown) {
    if (errorCode(thrown) !== "ENOENT") throw thrown;
  }
}

import { join } from "node:path";
import { decodeMessage, type Message } from "../rules/message.ts";
import { type Target, targetText } from "../rules/target.ts";
import { systemReason } from "../system-error.ts";
import { type FileText, readRegularFile } from "./read-file.ts";
import { boxPath, type Store } from "./store.ts";

/** A message and the file that holds it. */
export interface StoredMessage {
  readonly message: Message;
  /** The box it lies in; `message.to` is what its writer claims. */
  readonly target: Target;
  /** Relative to the store: `topics/task/20260110-153000-0001.json`. */
  readonly path: string;
}

/** What a look at a message file gave. */
export type Look =
  | { readonly kind: "message"; readonly stored: StoredMessage }
  /** Gone since it was listed, or no regular file. */
  | { readonly kind: "none" }
  /** Not readable as a message; a file this young may still be in the middle of being written. */
  | { readonly kind: "broken"; readonly reason: string; readonly young: boolean };

const YOUNG_MS = 2_000;

export const messagePath = (target: Target, name: string): string => `${boxPath(target)}/${name}.json`;

/** Reads one message file once. */
export function lookAt(store: Store, target: Target, name: string): Look {
  const path = messagePath(target, name);
  let file: FileText | undefined;
  try {
    file = readRegularFile(join(store.folder, path));
    if (file === undefined) return { kind: "none" };
    const message = decodeMessage(file.text, { id: name, to: targetText(target) });
    return { kind: "message", stored: { message, target, path } };
  } catch (thrown) {
    const young = file !== undefined && Math.abs(store.now() - file.modifiedAt) < YOUNG_MS;
    return { kind: "broken", reason: systemReason(thrown), young };
  }
}

const RETRY_MS = 50;
const RETRIES = 6;

/**
 * Reads message files for one answer. A file in the middle of being written by others is waited for, up to 300 ms for all of
 * them together; what stays broken is skipped and told once.
 */
export class MessageReader {
  private retriesLeft = RETRIES;

  constructor(private readonly store: Store) {}

  /** The message, or undefined when there is none to be had. */
  async read(target: Target, name: string): Promise<StoredMessage | undefined> {
    let look = lookAt(this.store, target, name);
    while (look.kind === "broken" && look.young && this.retriesLeft > 0) {
      this.retriesLeft--;
      await Bun.sleep(RETRY_MS);
      look = lookAt(this.store, target, name);
    }
    if (look.kind === "broken") this.store.skipped("message", messagePath(target, name), look.reason);
    return look.kind === "message" ? look.stored : undefined;
  }
}

/** The order of messages everywhere: by id, then time, then path (spec/50 section 4.2). */
export const compareMessages = (a: StoredMessage, b: StoredMessage): number =>
  compareTexts(a.message.id, b.message.id) ||
  compareTexts(a.message.time, b.message.time) ||
  compareTexts(a.path, b.path);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

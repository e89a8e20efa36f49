import { type FSWatcher, watch } from "node:fs";
import type { Instant } from "../../core/time.ts";
import { folderState, isSettled } from "./folders.ts";

/**
 * Watches one folder in two ways: the system tells of changes at once, and `hasChanged` finds out at any time whether
 * something was missed (events get lost under load, and network file systems send none).
 */
export class FolderWatch implements Disposable {
  #watcher: FSWatcher | undefined;
  #inode: bigint | undefined;
  #modified: bigint | undefined;
  #isSettled = false;

  /** `changed` is called with the name of an entry that came, went or changed; null when the system does not say which. */
  constructor(
    readonly path: string,
    private readonly changed: (name: string | null) => void,
  ) {
    this.hasChanged(0);
  }

  /** Whether the system tells of changes; without, the folder has to be looked at often. */
  get isLive(): boolean {
    return this.#watcher !== undefined || this.#inode === undefined;
  }

  /** Whether the folder may hold something else than at the last call; follows it also when it was made again. */
  hasChanged(now: Instant): boolean {
    const state = folderState(this.path);
    if (state?.ino !== this.#inode) {
      this[Symbol.dispose]();
      if (state) this.#watch();
    }
    const changed = state?.mtimeNs !== this.#modified || !this.#isSettled;
    this.#inode = state?.ino;
    this.#modified = state?.mtimeNs;
    // One that changed just now may change again without a sign.
    this.#isSettled = state === undefined || isSettled(state, now);
    return changed;
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.path, (_event, name) => this.changed(name));
      this.#watcher.on("error", () => this[Symbol.dispose]());
    } catch {
      // The system has no watches left: `hasChanged` is what remains.
    }
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

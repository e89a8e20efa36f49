import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/**
 * Tells when one of several files may have changed, also when it is made or renamed. The folders are watched: a watched
 * file would be lost with its name. `pollMs` is the longest that it takes to notice what the system does not tell.
 */
export class FolderWatch implements Disposable {
  readonly #watchers: FSWatcher[] = [];
  #hasNews = false;
  #wake: () => void = () => {};

  constructor(
    paths: readonly string[],
    private readonly pollMs: number,
  ) {
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      const names = new Set(paths.filter((path) => dirname(path) === folder).map((path) => basename(path)));
      this.#watch(folder, names);
    }
  }

  /** Waits for news since the last call, for the poll, or for the signal. */
  async next(signal: AbortSignal): Promise<void> {
    if (!this.#hasNews && !signal.aborted) await this.#news(signal);
    this.#hasNews = false;
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, this.pollMs);
      signal.addEventListener("abort", done);
      this.#wake = done;
      function done() {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
    });
  }

  #watch(folder: string, names: ReadonlySet<string>): void {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name !== null && !names.has(name)) return;
        this.#hasNews = true;
        this.#wake();
      });
      // A folder that goes away: the poll goes on.
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // Missing, or the system watches no more folders: the poll does it alone.
    }
  }
}

import { type FSWatcher, watch } from "node:fs";
import { basename } from "node:path";
import { type RecordedExit, readExitFile } from "./exit-file.ts";
import type { ExitStatus } from "./exit-status.ts";
import { isAlive, type ProcessIdentity } from "./identity.ts";
import type { RunFolder } from "./run-folder.ts";

/** How often the process itself is looked at; file events come at once. */
const NET_MS = 250;
/** The same where the system has no more watches to give. */
const NET_WITHOUT_EVENTS_MS = 50;
/** The end of a child is told without a watch, so a short run does not pay for one: its output is looked at so often. */
const EARLY_LOOK_MS = 50;
const EARLY_LOOKS = 5;

/** How a run ended: with a recorded status, or without one. */
export type RunEnd =
  | { readonly kind: "recorded"; readonly exit: RecordedExit }
  | {
      readonly kind: "vanished";
      /** How the wrapper ended, where this process was its parent. */
      readonly status?: ExitStatus | undefined;
    };

export interface WatchedRun {
  readonly folder: RunFolder;
  /** The wrapper; undefined when it is known to be gone. */
  readonly process: ProcessIdentity | undefined;
  /** For a child of this process: settles when it is gone. An adopted one has none. */
  readonly gone?: Promise<ExitStatus> | undefined;
  /** Called when the output may have grown; events are merged under load. */
  readonly onOutput: () => void;
}

/**
 * Watches a run to its end: the wrapper has written the exit file, or is gone. Works the same for a child and for a
 * process that an earlier Forge has started.
 */
export class RunWatch {
  /** Settles at the end; stays pending when the watch is stopped before. */
  readonly ended: Promise<RunEnd>;
  readonly #run: WatchedRun;
  readonly #settle: (end: RunEnd) => void;
  #watcher: FSWatcher | undefined;
  #timer: Timer;
  #isStopped = false;

  constructor(run: WatchedRun) {
    const { promise, resolve } = Promise.withResolvers<RunEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#run = run;
    this.#timer = run.gone === undefined ? this.#watch() : this.#lookEarly();
    run.gone?.then((status) => this.#processGone(status));
  }

  stop(): void {
    this.#isStopped = true;
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  #lookEarly(): Timer {
    let looks = 0;
    return setInterval(() => {
      this.#run.onOutput();
      if (++looks < EARLY_LOOKS) return;
      clearInterval(this.#timer);
      this.#timer = this.#watch();
    }, EARLY_LOOK_MS);
  }

  #watch(): Timer {
    this.#watcher = this.#watchFolder();
    // What happened before the watch began gave no event.
    queueMicrotask(() => this.#look());
    return setInterval(() => this.#look(), this.#watcher === undefined ? NET_WITHOUT_EVENTS_MS : NET_MS);
  }

  #watchFolder(): FSWatcher | undefined {
    const exit = basename(this.#run.folder.exit);
    try {
      const watcher = watch(this.#run.folder.path, (_event, name) => {
        if (name === exit) this.#lookForExit();
        else this.#run.onOutput();
      });
      // A folder that is removed under us; the timer goes on.
      watcher.on("error", () => {});
      return watcher;
    } catch {
      return undefined;
    }
  }

  #look(): void {
    if (this.#isStopped) return;
    this.#run.onOutput();
    if (this.#lookForExit()) return;
    const { gone, process } = this.#run;
    if (gone === undefined && !(process && isAlive(process))) this.#processGone(undefined);
  }

  #lookForExit(): boolean {
    const exit = readExitFile(this.#run.folder.exit);
    if (exit !== undefined) this.#end({ kind: "recorded", exit });
    return exit !== undefined;
  }

  #processGone(status: ExitStatus | undefined): void {
    // The wrapper writes the file before it ends, so what is not there now never comes.
    if (!this.#lookForExit()) this.#end({ kind: "vanished", status });
  }

  #end(end: RunEnd): void {
    this.stop();
    this.#settle(end);
  }
}

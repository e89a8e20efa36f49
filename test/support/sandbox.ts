import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { endProcessesWith, processesWith } from "./processes.ts";

type Environment = Record<string, string>;

/** A folder with a HOME and a repository of its own, gone with all its processes when disposed of. */
export class Sandbox implements AsyncDisposable {
  /** Holds all the others; its path is in the environment of every process started here. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "forge-test-")));
  readonly home = join(this.folder, "home");
  /** The default working directory: an empty folder, not a git repository. */
  readonly repo = join(this.folder, "repo");
  readonly dataDir = join(this.home, ".local/share/forge");
  readonly configDir = join(this.home, ".config/forge");
  /** All that a process started here inherits: nothing of the caller but PATH, with `programs` before it. */
  readonly env: Environment;

  constructor(programs: readonly string[] = []) {
    for (const made of [this.home, this.repo, join(this.folder, "tmp")]) mkdirSync(made);
    this.env = {
      HOME: this.home,
      PATH: [...programs, process.env.PATH ?? "/usr/bin:/bin"].join(delimiter),
      TMPDIR: join(this.folder, "tmp"),
      LANG: "C.UTF-8",
      TZ: "UTC",
      SANDBOX: this.folder,
    };
  }

  /** Processes of this sandbox that still run. */
  processes(): number[] {
    return processesWith(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcessesWith(this.folder);
    await rm(this.folder, { recursive: true, force: true });
  }
}

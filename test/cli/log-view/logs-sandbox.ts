import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../../src/store/database.ts";
import { createLoop, type LoopDraft } from "../../../src/store/loops.ts";
import { Forge, forgeExecutable } from "../../support/forge.ts";
import { exitCode } from "../../support/run.ts";
import { waitFor } from "../../support/wait-for.ts";

/** The compiled forge with loops that have logs, none of which runs. */
export class LogsSandbox extends Forge {
  readonly logsDir = join(this.dataDir, "logs/loops");
  /** Loops are shown in the order in which they were made, which is kept in seconds. */
  #made = Date.parse("2026-01-01T00:00:00Z");

  constructor() {
    super();
    mkdirSync(this.logsDir, { recursive: true });
  }

  /** Makes a loop of the repository; `log` is the content of its log, undefined makes none. */
  loop(name: string, log?: string | Uint8Array, draft: Partial<LoopDraft> = {}): string {
    const path = this.log(name);
    const db = openDatabase(join(this.dataDir, "forge.db"), { mode: "write" });
    const now = this.#nextMoment();
    // No random short id: a name that is looked for in vain must not be the beginning of one.
    const shortId = `zz${String(now / 1000).slice(-6)}`;
    createLoop(db, { name, shortId, repoPath: this.repo, logPath: path, ...draft }, now);
    closeDatabase(db);
    if (log !== undefined) writeFileSync(path, log);
    return path;
  }

  #nextMoment(): number {
    this.#made += 1000;
    return this.#made;
  }

  log(name: string): string {
    return join(this.logsDir, `${name}.log`);
  }

  /** Starts `forge logs <words> -f`. */
  follow(words: readonly string[], env: Record<string, string> = {}): Follower {
    return new Follower([forgeExecutable, "logs", ...words, "-f"], this.repo, { ...this.env, ...env });
  }
}

/** A `forge logs -f` that runs. */
export class Follower implements AsyncDisposable {
  #output = "";
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #read: Promise<void>;

  constructor(command: string[], cwd: string, env: Record<string, string>) {
    this.#child = Bun.spawn(command, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    this.#read = this.#collect();
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until all that was shown is this text. */
  async shows(text: string): Promise<void> {
    const wanted = () => this.#output === text;
    await waitFor(wanted, { what: `the log to show ${JSON.stringify(text)}` }).catch((thrown: Error) => {
      throw new Error(`${thrown.message}\nbut it showed ${JSON.stringify(this.#output)}`);
    });
  }

  /** Sends a signal and waits for the end. */
  async endsBy(signal: NodeJS.Signals): Promise<{ code: number; stderr: string }> {
    this.#child.kill(signal);
    const [stderr] = await Promise.all([this.#child.stderr.text(), this.#child.exited, this.#read]);
    return { code: exitCode(this.#child), stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  async #collect(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stdout) this.#output += decoder.decode(bytes, { stream: true });
  }
}

import { type Forge, forgeExecutable } from "./forge.ts";
import { exitCode } from "./run.ts";
import { waitFor } from "./wait-for.ts";

/** A `forge` command that goes on until it is interrupted; what it prints into a pipe is read while it runs. */
export class RunningForge implements AsyncDisposable {
  #text = "";
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #read: Promise<void>;

  constructor(forge: Forge, words: readonly string[]) {
    this.#child = Bun.spawn([forgeExecutable, ...words], {
      cwd: forge.repo,
      env: forge.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#read = this.#collect();
  }

  /** The whole lines that it has printed so far. */
  get lines(): string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  /** Waits for so many lines and returns all that there are then. */
  prints(count: number): Promise<string[]> {
    return waitFor(() => this.lines.length >= count && this.lines, { what: `${count} lines` });
  }

  /** Interrupts it and returns its exit code. */
  async ends(signal: NodeJS.Signals): Promise<number> {
    this.#child.kill(signal);
    await this.#read;
    await this.#child.exited;
    return exitCode(this.#child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ends("SIGKILL");
  }

  async #collect(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stdout) this.#text += decoder.decode(bytes, { stream: true });
  }
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Result, type RunOptions, run } from "./run.ts";
import { Sandbox } from "./sandbox.ts";
import { type TerminalOptions, TerminalRun } from "./terminal.ts";

export const projectRoot = join(import.meta.dir, "../..");
const distFolder = join(projectRoot, "dist");
export const forgeExecutable = join(distFolder, "forge");
const fmailExecutable = join(distFolder, "fmail");

/**
 * The compiled `forge` and `fmail` in a sandbox, as a user with an empty HOME has them:
 *
 *     await using forge = new Forge();
 *     const { code, stdout, stderr } = await forge.run(["ps", "--json"]);
 *
 * Everywhere: without `cwd` in `repo`; `env` is added to the clean environment, and undefined takes a variable out of it.
 */
export class Forge extends Sandbox {
  constructor() {
    if (!existsSync(forgeExecutable)) throw new Error("dist/forge is missing: npm run build");
    super([distFolder]);
  }

  /** Runs `forge <words>` to its end. */
  run(words: readonly string[], options: Partial<RunOptions> = {}): Promise<Result> {
    return this.program([forgeExecutable, ...words], options);
  }

  /** Runs `fmail <words>` to its end. */
  fmail(words: readonly string[], options: Partial<RunOptions> = {}): Promise<Result> {
    return this.program([fmailExecutable, ...words], options);
  }

  /** Runs any program to its end, as `run` does; `forge` and `fmail` are on its PATH. */
  program(command: readonly string[], options: Partial<RunOptions> = {}): Promise<Result> {
    return run(command, this.#around(options));
  }

  /** Starts `forge <words>` on a terminal. */
  terminal(words: readonly string[], options: Partial<TerminalOptions> = {}): TerminalRun {
    return this.terminalOf([forgeExecutable, ...words], options);
  }

  /** Starts any program on a terminal. */
  terminalOf(command: readonly string[], options: Partial<TerminalOptions> = {}): TerminalRun {
    return new TerminalRun(command, this.#around(options));
  }

  /** As `run`, but the command has to succeed: throws with its output otherwise. Returns its standard output. */
  async must(words: readonly string[], options: Partial<RunOptions> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(words, options);
    if (code !== 0) throw new Error(`forge ${words.join(" ")} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  #around<Options extends Partial<RunOptions>>(options: Options): Options & Pick<RunOptions, "cwd" | "env"> {
    return { ...options, cwd: options.cwd ?? this.repo, env: { ...this.env, ...options.env } };
  }
}
